package dev.jsbx.bench.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures in a file, so that a comparison that was cut short goes on where it was. Lines of round,
 * row, side and figure; the first line says how they were measured, and other ones are not taken
 * over.
 */
final class KeptFigures {
    /** Where a figure belongs. */
    record Place(int round, String row, String side) {
        private String text() {
            return round + "\t" + row + "\t" + side;
        }
    }

    private final Path file;
    private final Map<String, Double> figures = new HashMap<>();

    private KeptFigures(Path file) {
        this.file = file;
    }

    /**
     * Opens the file, or begins a new one.
     *
     * @param how all that figures have in common
     */
    static KeptFigures open(Path file, String how) throws IOException {
        KeptFigures kept = new KeptFigures(file);
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        if (lines.isEmpty() || !lines.getFirst().equals(how)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, how + "\n");
            return kept;
        }
        for (String line : lines.subList(1, lines.size())) {
            int tab = line.lastIndexOf('\t');
            kept.figures.put(line.substring(0, tab), Double.valueOf(line.substring(tab + 1)));
        }
        return kept;
    }

    void add(Place place, double figure) throws IOException {
        figures.put(place.text(), figure);
        Files.writeString(file, place.text() + "\t" + figure + "\n", StandardOpenOption.APPEND);
    }

    /** Null if there is none yet. */
    Double get(Place place) {
        return figures.get(place.text());
    }

    /** The comparison is complete: the next one begins anew. */
    void forget() throws IOException {
        Files.deleteIfExists(file);
    }
}
