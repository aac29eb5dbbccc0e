package dev.jsbx.bench.fs;

import dev.jsbx.bench.Median;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The table of ratios, row by row, and the chart. */
final class Results {
    private static final double WANTED = 1.0;
    private static final double WANTED_METADATA = 1.3;
    private static final int BAR = 22;
    private static final int LABEL = 300;
    private static final int PER_UNIT = 160;

    /** Seconds of the pairs of which both sides are known. */
    private record Sides(List<Double> ours, List<Double> theirs) {
        /** How many times as fast as theirs: one ratio for each pair. */
        List<Double> ratios() {
            return IntStream.range(0, ours.size())
                    .mapToObj(i -> theirs.get(i) / ours.get(i))
                    .sorted()
                    .toList();
        }

        double ratio() {
            return Median.of(ratios());
        }
    }

    private final Map<Row, Sides> rows = new LinkedHashMap<>();

    Results(List<Row> rows, List<Step> steps, Measurements measured) {
        for (Row row : rows) {
            Sides sides = new Sides(new ArrayList<>(), new ArrayList<>());
            steps.stream()
                    .filter(step -> step.row() == row && step.ours())
                    .forEach(step -> addPair(step, sides, measured));
            if (!sides.ours.isEmpty()) {
                this.rows.put(row, sides);
            }
        }
    }

    private static void addPair(Step step, Sides sides, Measurements measured) {
        OptionalDouble ours = measured.of(step);
        OptionalDouble theirs = measured.of(new Step(step.pair(), step.row(), false));
        if (ours.isPresent() && theirs.isPresent()) {
            sides.ours.add(ours.getAsDouble());
            sides.theirs.add(theirs.getAsDouble());
        }
    }

    void print(PrintWriter out) {
        out.printf(
                "%-40s %9s %9s %7s  %-13s %5s %s%n",
                "medians; ratios of pairs",
                "virtiofsd",
                "jsbx",
                "ratio",
                "spread",
                "pairs",
                "wanted");
        rows.forEach(
                (row, sides) -> {
                    List<Double> ratios = sides.ratios();
                    double wanted = row.metadata() ? WANTED_METADATA : WANTED;
                    out.printf(
                            "%-40s %7.3f s %7.3f s %6.2fx  %5.2f – %5.2f %5d %.1fx%s%n",
                            row.name(),
                            Median.of(sides.theirs),
                            Median.of(sides.ours),
                            sides.ratio(),
                            ratios.getFirst(),
                            ratios.getLast(),
                            ratios.size(),
                            wanted,
                            sides.ratio() < wanted ? "  short" : "");
                });
    }

    /** Draws the ratios as bars. */
    void draw(Path file) throws IOException {
        StringBuilder svg = new StringBuilder();
        int height = (rows.size() + 2) * BAR;
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"%d\""
                                .formatted(height)
                        + " font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.append(
                "<text x=\"8\" y=\"16\">Speed of jsbx's shared directory, virtiofsd = 1</text>\n");
        int y = BAR;
        for (Map.Entry<Row, Sides> row : rows.entrySet()) {
            double ratio = row.getValue().ratio();
            svg.append(
                    "<text x=\"8\" y=\"%d\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%d\""
                                    .formatted(
                                            y + 15,
                                            row.getKey().name(),
                                            LABEL,
                                            y + 3,
                                            (int) (Math.min(ratio, 3.5) * PER_UNIT))
                            + " height=\"%d\" fill=\"#4a7\"/><text x=\"%d\" y=\"%d\">%.2f</text>%n"
                                    .formatted(BAR - 6, LABEL + 6, y + 15, ratio));
            y += BAR;
        }
        svg.append(
                "<line x1=\"%1$d\" x2=\"%1$d\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#333\"/>%n</svg>%n"
                        .formatted(LABEL + PER_UNIT, BAR, y));
        Files.writeString(file, svg);
    }
}
