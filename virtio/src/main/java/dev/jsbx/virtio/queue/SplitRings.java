package dev.jsbx.virtio.queue;

/**
 * Where the driver has put a split virtqueue (virtio 1.2 §2.7): guest physical addresses of its
 * three parts.
 *
 * @param size descriptors in the queue: a power of 2 from 1 to 32768
 * @param descriptorTable 16 bytes per descriptor, aligned to 16
 * @param availableRing written by the driver, aligned to 2
 * @param usedRing written by the device, aligned to 4
 */
public record SplitRings(int size, long descriptorTable, long availableRing, long usedRing) {
    /** The largest queue that the standard allows. */
    public static final int MAX_SIZE = 32768;

    /**
     * @throws IllegalArgumentException on a size or an alignment that the standard forbids
     */
    public SplitRings {
        if (!isValidSize(size)) {
            throw new IllegalArgumentException("queue size " + size);
        }
        if ((descriptorTable & 15) != 0 || (availableRing & 1) != 0 || (usedRing & 3) != 0) {
            throw new IllegalArgumentException(
                    String.format(
                            "misaligned rings at %#x, %#x, %#x",
                            descriptorTable, availableRing, usedRing));
        }
    }

    /** Whether a queue may have that many descriptors. */
    public static boolean isValidSize(int size) {
        return size > 0 && size <= MAX_SIZE && Integer.bitCount(size) == 1;
    }

    /** Bytes of the descriptor table. */
    public long descriptorTableBytes() {
        return 16L * size;
    }

    /** Bytes of the available ring: flags, index, entries, and with event index one more. */
    public long availableRingBytes(boolean eventIndex) {
        return 4 + 2L * size + (eventIndex ? 2 : 0);
    }

    /** Bytes of the used ring: flags, index, entries, and with event index one more field. */
    public long usedRingBytes(boolean eventIndex) {
        return 4 + 8L * size + (eventIndex ? 2 : 0);
    }
}
