package dev.jsbx.bench.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Seconds of each step, also in a file from the moment on at which they are known, so that a run
 * which was cut short can go on where it was.
 */
final class Measurements {
    private static final String FAILED = "failed";

    private final Path file;
    private final Map<Step, OptionalDouble> known = new LinkedHashMap<>();

    /**
     * @param steps those of this run
     * @param resume whether what the file holds of them counts; else it begins anew
     */
    Measurements(Path file, List<Step> steps, boolean resume) throws IOException {
        this.file = file;
        if (!resume || !Files.exists(file)) {
            Files.deleteIfExists(file);
            return;
        }
        List<String> lines = Files.readAllLines(file);
        for (Step step : steps) {
            lines.stream()
                    .filter(line -> line.startsWith(key(step)))
                    .map(line -> line.substring(key(step).length()))
                    .filter(seconds -> !seconds.equals(FAILED))
                    .findFirst()
                    .ifPresent(seconds -> known.put(step, seconds(seconds)));
        }
    }

    private static String key(Step step) {
        return String.join(
                "\t",
                String.valueOf(step.pair()),
                step.row().name(),
                step.ours() ? "jsbx" : "virtiofsd",
                "");
    }

    /** Seconds as the guest printed them; empty if it could not measure. */
    private static OptionalDouble seconds(String text) {
        try {
            double seconds = Double.parseDouble(text.strip());
            boolean real = seconds > 0 && seconds < Double.POSITIVE_INFINITY;
            return real ? OptionalDouble.of(seconds) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** Whether there is nothing left to do about it, be it measured or failed. */
    boolean has(Step step) {
        return known.containsKey(step);
    }

    /** The step's seconds, empty if it is not known or failed. */
    OptionalDouble of(Step step) {
        return known.getOrDefault(step, OptionalDouble.empty());
    }

    /** Takes what the guest printed for it. */
    void add(Step step, String text) throws IOException {
        OptionalDouble seconds = seconds(text);
        known.put(step, seconds);
        String word = seconds.isPresent() ? String.valueOf(seconds.getAsDouble()) : FAILED;
        Files.writeString(
                file,
                key(step) + word + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Takes note that it did not end. */
    void addFailed(Step step) throws IOException {
        add(step, FAILED);
    }
}
