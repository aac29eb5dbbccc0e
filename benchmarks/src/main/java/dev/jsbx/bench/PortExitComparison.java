package dev.jsbx.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A port exit through FFM against the same loop in C. */
final class PortExitComparison implements Comparison {
    private static final int ROUNDS = 5;

    @Override
    public String name() {
        return "port-exit";
    }

    @Override
    public String what() {
        return "a port exit there and back: vCPU loop in Java against the same in C, ns";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        List<Double> java = new ArrayList<>();
        List<Double> c = new ArrayList<>();
        try (CProgram program = CProgram.compile("port-exit.c")) {
            for (int round = 0; round < ROUNDS; round++) {
                c.add(Double.parseDouble(program.run().strip()));
                // Medians of single exits: on a busy machine averages tell of the others' work.
                java.add(
                        measure(Mode.SampleTime)
                                .getPrimaryResult()
                                .getStatistics()
                                .getPercentile(50));
            }
        }
        double allocated =
                measure(Mode.AverageTime)
                        .getSecondaryResults()
                        .get("gc.alloc.rate.norm")
                        .getScore();
        double ours = Median.of(java);
        double theirs = Median.of(c);
        out.printf("port exit, median of %d medians in turns%n", ROUNDS);
        out.printf("  C            %8.0f ns   %s%n", theirs, c);
        out.printf("  Java, FFM    %8.0f ns   %s%n", ours, java);
        out.printf("  ratio        %8.2f      goal: at most 1.10%n", ours / theirs);
        out.printf("  allocated    %8.0f bytes an exit%n", allocated);
    }

    private static RunResult measure(Mode mode) throws Exception {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(PortExit.class.getName() + ".exit")
                                        .mode(mode)
                                        .addProfiler("gc")
                                        .verbosity(VerboseMode.SILENT)
                                        .build())
                        .run();
        if (results.isEmpty()) {
            throw new IllegalStateException(
                    "JMH measured nothing; benchmarks/run jmh PortExit says why");
        }
        return results.iterator().next();
    }
}
