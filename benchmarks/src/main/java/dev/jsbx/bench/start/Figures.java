package dev.jsbx.bench.start;

import dev.jsbx.bench.Median;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Milliseconds of two sides, measured in turns. */
final class Figures {
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> theirs = new ArrayList<>();

    void ours(double millis) {
        ours.add(millis);
    }

    void theirs(double millis) {
        theirs.add(millis);
    }

    /** The last pair. */
    String last() {
        return Math.round(theirs.getLast())
                + " ms QEMU, "
                + Math.round(ours.getLast())
                + " ms jsbx";
    }

    /** One line: medians, the median of the pairs' ratios and their spread. */
    void print(PrintWriter out, String what, double goal) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / theirs.get(i));
        }
        out.printf(
                "%-44s %8.0f ms %8.0f ms %6.2fx  %.2f – %.2f  at most %.2fx%n",
                what,
                Median.of(theirs),
                Median.of(ours),
                Median.of(ratios),
                Collections.min(ratios),
                Collections.max(ratios),
                goal);
    }

    static void head(PrintWriter out, String what) {
        out.printf(
                "%-44s %11s %11s %7s  %-12s %s%n", what, "QEMU", "jsbx", "ratio", "spread", "goal");
    }
}
