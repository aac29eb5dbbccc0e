package dev.jsbx.bench.fs;

import java.util.ArrayList;
import java.util.List;

/**
 * One measurement: a row on one side in one pair.
 *
 * @param pair from 0
 * @param ours whether jsbx serves it, else virtiofsd
 */
record Step(int pair, Row row, boolean ours) {
    /** Each row on both sides in turns; the side that begins changes from pair to pair. */
    static List<Step> all(List<Row> rows, int pairs) {
        List<Step> steps = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            for (int row = 0; row < rows.size(); row++) {
                boolean first = (pair + row) % 2 == 0;
                steps.add(new Step(pair, rows.get(row), first));
                steps.add(new Step(pair, rows.get(row), !first));
            }
        }
        return steps;
    }

    /**
     * What the guest runs for it; it prints a line with {@code mark} and the seconds, or why not.
     */
    String script(String mark) {
        return """
        D=%s
        t=$( { %s; } > /dev/null; %s; %s 2> /tmp/said ) || t="failed: $(tail -n 5 /tmp/said | tr '\n' ' ')"
        echo "%s $t"
        """
                .formatted(
                        ours ? "/a" : "/b",
                        row.prepare(),
                        row.cold() ? "cold" : "true",
                        row.command(),
                        mark);
    }
}
