package dev.jsbx.bench.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One {@code jsbx run --timeline} in the smallest image.
 *
 * @param millis from the process' start to its end
 * @param out its standard output
 * @param points of the timeline, in ms from its first, in order
 */
record JsbxRun(double millis, String out, Map<String, Double> points) {
    /** Of the guest, in bytes: the only mapping of that size in any process. */
    static final long MEMORY = 512L << 20;

    private static final Pattern POINT = Pattern.compile(" *([0-9.]+) +[0-9.]+  (\\S.*)");

    /**
     * @param jsbx the launcher
     * @param engine to run on
     */
    static JsbxRun of(Path jsbx, String engine, String... words)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(command(jsbx, engine));
        line.add("--timeline");
        line.addAll(List.of(words));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(line).start();
        process.getOutputStream().close();
        // The timeline fits into a pipe: reading one stream after the other is safe.
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        double millis = (System.nanoTime() - start) / 1e6;
        if (code != 0) {
            throw new IOException(String.join(" ", line) + " failed: " + err.strip());
        }
        return new JsbxRun(millis, out, parse(err));
    }

    /** How a run of the smallest image begins. */
    static List<String> command(Path jsbx, String engine) {
        List<String> line = new ArrayList<>();
        line.addAll(List.of(jsbx.toString(), "run", "-q", "--engine", engine));
        line.addAll(List.of("--image", "minimal", "--cpus", "1", "-m", "512m"));
        if (engine.equals("kvm")) {
            line.addAll(List.of("--network", "none")); // nor has the QEMU that it is compared with
        }
        return line;
    }

    private static Map<String, Double> parse(String timeline) {
        Map<String, Double> points = new LinkedHashMap<>();
        for (String line : timeline.split("\n")) {
            Matcher point = POINT.matcher(line);
            if (point.matches()) {
                points.put(point.group(2), Double.parseDouble(point.group(1)));
            }
        }
        return points;
    }

    /** Milliseconds between two points. */
    double between(String from, String to) throws IOException {
        if (!points.containsKey(from) || !points.containsKey(to)) {
            throw new IOException("no \"" + from + "\" or \"" + to + "\" in " + points);
        }
        return points.get(to) - points.get(from);
    }
}
