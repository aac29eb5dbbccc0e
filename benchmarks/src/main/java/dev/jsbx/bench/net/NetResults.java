package dev.jsbx.bench.net;

import dev.jsbx.bench.Median;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures of each row and side, and jsbx' ratio to each other side: above 1 is better. */
final class NetResults {
    private final List<String> sides;
    private final Map<NetRow, Map<String, List<Double>>> rows = new LinkedHashMap<>();

    /**
     * @param sides jsbx first
     */
    NetResults(List<String> sides) {
        this.sides = sides;
    }

    void add(NetRow row, String side, double figure) {
        rows.computeIfAbsent(row, r -> new LinkedHashMap<>())
                .computeIfAbsent(side, s -> new ArrayList<>())
                .add(figure);
    }

    /** Prints medians and ratios of medians as a table in Markdown. */
    void print(PrintWriter out) {
        out.print("| |");
        sides.forEach(side -> out.print(" " + side + " |"));
        sides.stream().skip(1).forEach(side -> out.print(" to " + side + " |"));
        out.print("\n|---|");
        out.println("---:|".repeat(sides.size() * 2 - 1));
        rows.forEach((row, figures) -> print(out, row, figures));
    }

    private void print(PrintWriter out, NetRow row, Map<String, List<Double>> figures) {
        out.printf("| %s, %s |", row.name(), row.unit());
        for (String side : sides) {
            out.printf(" %.1f |", median(figures, side));
        }
        double ours = median(figures, sides.getFirst());
        for (String side : sides.subList(1, sides.size())) {
            double theirs = median(figures, side);
            out.printf(" %.2f |", row.more() ? ours / theirs : theirs / ours);
        }
        out.println();
    }

    private static double median(Map<String, List<Double>> figures, String side) {
        List<Double> all = figures.getOrDefault(side, List.of());
        return all.isEmpty() ? Double.NaN : Median.of(all);
    }
}
