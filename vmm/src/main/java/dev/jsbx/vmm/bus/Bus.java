package dev.jsbx.vmm.bus;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Devices by address: one bus for memory-mapped registers, one for ports. Put together before the
 * guest runs, read-only afterwards; lookups allocate nothing.
 */
public final class Bus {
    private record Range(long start, long length, BusDevice device) {
        boolean contains(long address) {
            return address >= start && address - start < length;
        }
    }

    private volatile Range[] ranges = {};

    /**
     * Places a device.
     *
     * @param start its first address
     * @param length in bytes, above 0
     * @throws IllegalArgumentException if it would overlap another
     */
    public synchronized void attach(long start, long length, BusDevice device) {
        for (Range range : ranges) {
            if (start < range.start + range.length && range.start < start + length) {
                throw new IllegalArgumentException(
                        String.format("%#x + %#x overlaps %#x", start, length, range.start));
            }
        }
        Range[] more = Arrays.copyOf(ranges, ranges.length + 1);
        more[ranges.length] = new Range(start, length, device);
        Arrays.sort(more, Comparator.comparingLong(Range::start));
        ranges = more;
    }

    /** The guest reads; where no device is, all ones come back, as from an open bus. */
    public long read(long address, int size) {
        Range range = find(address);
        long open = size == 8 ? -1 : (1L << (size * 8)) - 1;
        return range == null ? open : range.device.read(address - range.start, size) & open;
    }

    /** The guest writes; where no device is, nothing happens. */
    public void write(long address, int size, long value) {
        Range range = find(address);
        if (range != null) {
            range.device.write(address - range.start, size, value);
        }
    }

    private Range find(long address) {
        Range[] all = ranges;
        int low = 0;
        int high = all.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = all[middle];
            if (range.contains(address)) {
                return range;
            }
            if (address < range.start) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return null;
    }
}
