package dev.jsbx.bench.start;

import dev.jsbx.bench.Comparison;
import dev.jsbx.bench.Median;
import dev.jsbx.image.store.Image;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** {@code jsbx run -- true} on the qemu engine against QEMU alone, as whole processes. */
public final class StartComparison implements Comparison {
    private static final int PAIRS = 7;
    private static final int VERSIONS = 21;
    private static final double GOAL = 1.25;

    private static final String AS_ONE_WOULD = "quiet panic=-1 reboot=t rdinit=/bin/true ";

    private final Path jsbx;

    /**
     * @param jsbx the launcher
     */
    public StartComparison(Path jsbx) {
        this.jsbx = jsbx;
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String what() {
        return "jsbx run -- true, engine qemu, against QEMU with /bin/true as init; jsbx version";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        Image image = BareQemu.image();
        String ours = JsbxRun.of(jsbx, "qemu", "cat", "/proc/cmdline").out().strip();
        Figures plain = new Figures();
        Figures tuned = new Figures();
        for (int i = 0; i < PAIRS; i++) {
            double millis = JsbxRun.of(jsbx, "qemu", "true").millis();
            plain.ours(millis);
            tuned.ours(millis);
            plain.theirs(bare(image, "max", AS_ONE_WOULD + tsc(ours)));
            tuned.theirs(bare(image, "max,-erms,-fsrm", ours + " rdinit=/bin/true"));
        }
        Figures.head(out, "whole processes, medians of " + PAIRS);
        plain.print(out, "jsbx run -- true, QEMU as one would call it", GOAL);
        tuned.print(out, "the same, QEMU with jsbx's kernel parameters", GOAL);
        out.printf(
                "%-44s %8s    %8.0f ms           at most 120 ms%n", "jsbx version", "", version());
    }

    // Without it Linux does not get beyond its clocks here: QEMU 7.2 has none to measure the TSC
    // by.
    private static String tsc(String commandLine) {
        return Arrays.stream(commandLine.split(" "))
                .filter(word -> word.startsWith("tsc"))
                .collect(Collectors.joining(" "));
    }

    private static double bare(Image image, String processor, String commandLine)
            throws IOException, InterruptedException {
        return BareQemu.wholeLife(
                BareQemu.command(image, "tcg,thread=multi", processor, commandLine));
    }

    private double version() throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < VERSIONS; i++) {
            long start = System.nanoTime();
            Process process =
                    new ProcessBuilder(jsbx.toString(), "version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.waitFor() != 0) {
                throw new IOException("jsbx version failed");
            }
            millis.add((System.nanoTime() - start) / 1e6);
        }
        return Median.of(millis);
    }
}
