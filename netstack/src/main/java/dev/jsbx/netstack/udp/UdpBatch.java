package dev.jsbx.netstack.udp;

import java.lang.foreign.MemorySegment;

/**
 * Datagrams of one flow, one after the other, that the guest gets as one frame and cuts itself
 * (virtio 1.2 §5.1.6, VIRTIO_NET_F_GUEST_USO4): all of one size but the last, which may be smaller.
 * Without that offload, and for datagrams that are to be fragmented, a batch is a single one.
 * Reused; for the stack's event loop only.
 */
public final class UdpBatch {
    /** Linux cuts a frame into so many at most (UDP_MAX_SEGMENTS, before 6.11). */
    static final int MAX = 64;

    private final MemorySegment[] memory = new MemorySegment[MAX];
    private final int[] lengths = new int[MAX];
    private int count;
    private int most;
    private int size;
    private boolean complete;

    /** Begins a new batch. */
    public void clear() {
        count = 0;
        complete = false;
    }

    /**
     * Adds a datagram if it may go with those before it; the first always may.
     *
     * @param m its payload; the memory stays untouched until the batch has been sent
     * @return false if it must wait for the next batch
     */
    public boolean add(UdpFlow flow, MemorySegment m, int length) {
        if (count == 0) {
            size = length;
            most = flow.batchSize(length);
        } else if (complete || count == most || length > size || length == 0) {
            return false;
        }
        memory[count] = m;
        lengths[count++] = length;
        complete = length < size;
        return true;
    }

    /** How many datagrams there are. */
    public int count() {
        return count;
    }

    /** Bytes of each but the last. */
    int size() {
        return size;
    }

    MemorySegment memory(int i) {
        return memory[i];
    }

    int length(int i) {
        return lengths[i];
    }
}
