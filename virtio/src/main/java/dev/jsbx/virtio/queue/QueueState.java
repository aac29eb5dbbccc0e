package dev.jsbx.virtio.queue;

/**
 * A queue's place in its rings, for snapshots and for vhost-user's GET_VRING_BASE.
 *
 * @param nextAvailable the available index that is served next, 0 to 65535
 * @param nextUsed the used index that is written next, 0 to 65535
 */
public record QueueState(int nextAvailable, int nextUsed) {
    /** A queue that was never used. */
    public static final QueueState FRESH = new QueueState(0, 0);

    /**
     * @throws IllegalArgumentException if an index is not a 16-bit number
     */
    public QueueState {
        if (nextAvailable >>> 16 != 0 || nextUsed >>> 16 != 0) {
            throw new IllegalArgumentException("queue at " + nextAvailable + ", " + nextUsed);
        }
    }
}
