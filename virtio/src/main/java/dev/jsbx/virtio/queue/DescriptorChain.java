package dev.jsbx.virtio.queue;

import dev.jsbx.vmm.linux.Io;

/**
 * One request of the driver: the bytes it sends and the room it gives for the answer. A device
 * makes as many as it has requests under way and reuses them for ever; {@link VirtQueue#pop} fills
 * one, {@link VirtQueue#push} gives it back to the driver. Not thread-safe; may be handed from
 * thread to thread.
 */
public final class DescriptorChain {
    /** The most pieces of memory in one chain, both directions together. */
    public static final int MAX_PIECES = Io.IOV_MAX;

    private final ReadableBuffers readable = new ReadableBuffers();
    private final WritableBuffers writable = new WritableBuffers();
    private int head;

    /** An empty chain. */
    public DescriptorChain() {}

    /** The index of the chain's first descriptor, by which the driver knows it. */
    public int head() {
        return head;
    }

    /** What the driver sends. */
    public ReadableBuffers readable() {
        return readable;
    }

    /** Room for the answer. */
    public WritableBuffers writable() {
        return writable;
    }

    void begin(int newHead) {
        head = newHead;
        readable.clear();
        writable.clear();
    }
}
