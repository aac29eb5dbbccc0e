package dev.jsbx.bench.fs;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Comparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The shared directory against virtiofsd, row by row. A step that takes too long is given up, and
 * with it the guest: another one goes on with the next step. When the time is over, the table is of
 * what there is.
 */
public final class FsComparison implements Comparison {
    private static final int PAIRS = Integer.getInteger("jsbx.bench.pairs", 5);
    private static final long SECONDS = Long.getLong("jsbx.bench.seconds", 1140);
    private static final long STEP_SECONDS = Long.getLong("jsbx.bench.step", 90);
    private static final boolean RESUME = Boolean.getBoolean("jsbx.bench.resume");
    private static final long BOOT_SECONDS = 400;
    private static final int MOST_BOOTS = 8;

    private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);

    /** Nothing to set up before it runs. */
    public FsComparison() {}

    @Override
    public String name() {
        return "virtio-fs";
    }

    @Override
    public String what() {
        return "the shared directory against virtiofsd, in one guest, row by row";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        List<Row> rows = Row.all().stream().filter(row -> Row.wanted(row.name())).toList();
        List<Step> steps = Step.all(rows, PAIRS);
        Path file = output("virtio-fs.tsv");
        Measurements measured = new Measurements(file, steps, RESUME);
        out.println("each figure goes to " + file + " at once");
        try (Workspace workspace = Workspace.make();
                CProgram program = CProgram.compile(getClass(), "fs-rows.c", "-static")) {
            List<Step> left = left(steps, measured);
            for (int boots = 0; !left.isEmpty() && secondsLeft() > 0; boots++) {
                if (boots == MOST_BOOTS) {
                    out.println("given up after " + boots + " guests");
                    break;
                }
                try (GuestRun guest = new GuestRun(workspace, program, left)) {
                    go(guest, left, measured, out);
                }
                left = left(steps, measured);
            }
        }
        Results results = new Results(rows, steps, measured);
        results.print(out);
        Path chart = output("virtio-fs.svg");
        results.draw(chart);
        out.println("chart: " + chart);
    }

    private static Path output(String name) {
        return Path.of(System.getProperty("jsbx.home", "."), "benchmarks/target", name)
                .toAbsolutePath();
    }

    private static List<Step> left(List<Step> steps, Measurements measured) {
        return steps.stream().filter(step -> !measured.has(step)).toList();
    }

    private long secondsLeft() {
        return TimeUnit.NANOSECONDS.toSeconds(deadline - System.nanoTime());
    }

    /** Takes down what the guest measures, until all is done, or time is over, or a step hangs. */
    private void go(GuestRun guest, List<Step> steps, Measurements measured, PrintWriter out)
            throws IOException {
        if (!guest.awaitReady(Math.min(BOOT_SECONDS, secondsLeft()))) {
            out.println("a guest does not come up:\n" + guest.console());
            return;
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            double cpu = guest.cpuSeconds(step.ours());
            String seconds = guest.await(i, Math.min(STEP_SECONDS, secondsLeft()));
            if (seconds == null && secondsLeft() <= 0) {
                out.println("stopped after " + SECONDS + " s: rows may lack pairs");
                return;
            }
            if (seconds == null) {
                measured.addFailed(step);
                out.println(describe(step) + "did not end within " + STEP_SECONDS + " s");
                return;
            }
            measured.add(step, seconds);
            double used = guest.cpuSeconds(step.ours()) - cpu;
            out.printf(
                    "%s%s s; with what precedes, server's CPU %.2f s%n",
                    describe(step), seconds, used);
        }
    }

    private static String describe(Step step) {
        return "pair %d  %-40s %-10s"
                .formatted(step.pair() + 1, step.row().name(), step.ours() ? "jsbx" : "virtiofsd");
    }
}
