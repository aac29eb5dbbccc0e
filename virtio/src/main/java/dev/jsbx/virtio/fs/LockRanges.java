package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.RecordLock.F_RDLCK;
import static dev.jsbx.vmm.linux.RecordLock.F_UNLCK;

import java.util.ArrayList;
import java.util.List;

/**
 * Which ranges of one file the guest's owners have locked, so that a conflict can be told from one
 * with the host, and whom it is with. The host's kernel decides; this only remembers. Guarded by
 * {@link Locks}.
 */
final class LockRanges {
    /**
     * A locked range.
     *
     * @param start the first byte
     * @param end the last byte
     */
    record Range(long owner, int pid, long start, long end, int type) {
        private boolean overlaps(long from, long to) {
            return start <= to && end >= from;
        }
    }

    private List<Range> ranges = new ArrayList<>();

    /** Remembers what the host's kernel has granted. */
    void apply(LockRequest request) {
        List<Range> after = new ArrayList<>();
        for (Range range : ranges) {
            if (range.owner() != request.owner()
                    || !range.overlaps(request.start(), request.end())) {
                after.add(range);
                continue;
            }
            if (range.start() < request.start()) {
                after.add(part(range, range.start(), request.start() - 1));
            }
            if (range.end() > request.end()) {
                after.add(part(range, request.end() + 1, range.end()));
            }
        }
        if (request.type() != F_UNLCK) {
            after.add(
                    new Range(
                            request.owner(),
                            request.pid(),
                            request.start(),
                            request.end(),
                            request.type()));
        }
        ranges = after;
    }

    private static Range part(Range range, long start, long end) {
        return new Range(range.owner(), range.pid(), start, end, range.type());
    }

    /** Forgets an owner. */
    void release(long owner) {
        ranges.removeIf(range -> range.owner() == owner);
    }

    /** A range of another owner that stands in the way, or null. */
    Range conflict(LockRequest request) {
        for (Range range : ranges) {
            if (range.owner() != request.owner()
                    && range.overlaps(request.start(), request.end())
                    && (range.type() != F_RDLCK || request.type() != F_RDLCK)) {
                return range;
            }
        }
        return null;
    }

    /** How many there are. */
    int size() {
        return ranges.size();
    }
}
