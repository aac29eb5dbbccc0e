package dev.jsbx.vmm.kvm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often one vCPU left the guest, by reason and by the port or address that it accessed. The
 * vCPU's thread counts, without allocation; others may look at any time and see figures that lag a
 * little behind.
 */
public final class ExitHistogram {
    private static final int SLOTS = 512; // a power of two, far more than a guest's hot registers
    private static final int PROBES = 8;

    // Open addressing: a key is never removed, so a reader sees a slot empty or whole.
    private final long[] addresses = new long[SLOTS];
    private final int[] reasons = new int[SLOTS];
    private final long[] counts = new long[SLOTS];
    private final long[] elsewhere = new long[ExitReason.COUNT];

    /**
     * One line of the histogram.
     *
     * @param reason a number of {@link ExitReason}
     * @param address port or guest physical address; 0 where the reason has none, -1 for all
     *     addresses that found no place of their own
     * @param count of exits
     */
    public record Line(int reason, long address, long count) {}

    void count(int reason, long address) {
        int slot = (int) ((address * 0x9e3779b97f4a7c15L) >>> 55) ^ reason;
        for (int probe = 0; probe < PROBES; probe++) {
            int at = slot + probe & SLOTS - 1;
            if (counts[at] == 0) {
                addresses[at] = address;
                reasons[at] = reason;
                counts[at] = 1;
                return;
            }
            if (addresses[at] == address && reasons[at] == reason) {
                counts[at]++;
                return;
            }
        }
        elsewhere[reason < elsewhere.length ? reason : 0]++;
    }

    /** All exits so far. */
    public long total() {
        long sum = 0;
        for (Line line : lines()) {
            sum += line.count();
        }
        return sum;
    }

    /** The lines, most frequent first. */
    public List<Line> lines() {
        return merge(List.of(this));
    }

    /** The lines of several vCPUs together, most frequent first. */
    public static List<Line> merge(Collection<ExitHistogram> histograms) {
        Map<Line, Long> sums = new HashMap<>();
        for (ExitHistogram histogram : histograms) {
            for (int i = 0; i < SLOTS; i++) {
                add(sums, histogram.reasons[i], histogram.addresses[i], histogram.counts[i]);
            }
            for (int reason = 0; reason < histogram.elsewhere.length; reason++) {
                add(sums, reason, -1, histogram.elsewhere[reason]);
            }
        }
        List<Line> lines = new ArrayList<>();
        sums.forEach((key, count) -> lines.add(new Line(key.reason(), key.address(), count)));
        lines.sort(
                Comparator.comparingLong(Line::count)
                        .reversed()
                        .thenComparingInt(Line::reason)
                        .thenComparingLong(Line::address));
        return lines;
    }

    private static void add(Map<Line, Long> sums, int reason, long address, long count) {
        if (count != 0) {
            sums.merge(new Line(reason, address, 0), count, Long::sum);
        }
    }
}
