package dev.jsbx.virtio.vsock;

/**
 * RSTs that the guest is owed for connections that are gone or never were: pairs of ports, first
 * in, first out.
 */
final class ResetQueue {
    private final long[] pairs;
    private final int limit;
    private int first;
    private int count;

    /**
     * @param limit where {@link #isFull} begins
     * @param reserve how many more fit in, for connections that end by themselves
     */
    ResetQueue(int limit, int reserve) {
        this.limit = limit;
        pairs = new long[limit + reserve];
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether packets that may be answered by RST should wait. */
    boolean isFull() {
        return count >= limit;
    }

    void add(int hostPort, int guestPort) {
        if (count < pairs.length) {
            pairs[(first + count) % pairs.length] =
                    (long) hostPort << 32 | Integer.toUnsignedLong(guestPort);
            count++;
        }
    }

    /** The host's port of the first, which there is. */
    int hostPort() {
        return (int) (pairs[first] >>> 32);
    }

    /** The guest's port of the first, which there is. */
    int guestPort() {
        return (int) pairs[first];
    }

    void removeFirst() {
        first = (first + 1) % pairs.length;
        count--;
    }

    void clear() {
        count = 0;
    }
}
