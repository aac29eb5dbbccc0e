package dev.jsbx.bench;

import java.util.List;

/** What half of the measurements do not exceed. */
public final class Median {
    private Median() {}

    /**
     * The median; of an even number of values the upper of the two in the middle.
     *
     * @param values at least one, in any order
     */
    public static double of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
