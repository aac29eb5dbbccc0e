package dev.jsbx.netstack.link;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;

/**
 * A frame that came in, from its Ethernet header on. Mutable and reused: what it points to is valid
 * until the {@link FrameHandler} returns.
 */
public final class Frame {
    private final Offload offload = new Offload();
    private MemorySegment memory = MemorySegment.NULL;
    private long at;
    private int length;
    private ByteBuf backing;

    /**
     * Points to a frame in memory that stays the link's.
     *
     * @param length in bytes, from {@code at}
     */
    public void set(MemorySegment memory, long at, int length) {
        set(memory, at, length, null);
    }

    /**
     * Points to a frame in a buffer that may be retained past the handler's return.
     *
     * @param backing the buffer whose byte 0 is the memory's byte 0; null for none
     */
    public void set(MemorySegment memory, long at, int length, ByteBuf backing) {
        this.memory = memory;
        this.at = at;
        this.length = length;
        this.backing = backing;
    }

    public MemorySegment memory() {
        return memory;
    }

    /** Where the Ethernet header starts in {@link #memory}. */
    public long at() {
        return at;
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    /** What the sender left to be done. */
    public Offload offload() {
        return offload;
    }

    /**
     * A part of the frame that outlives it, without a copy, if the link allows that and the part
     * makes up enough of the buffer that keeping it wastes little.
     *
     * @param from offset in {@link #memory}
     * @return the caller's to release, or null
     */
    public ByteBuf retain(long from, int bytes) {
        if (backing == null || bytes < backing.capacity() >>> 2) {
            return null;
        }
        return backing.retainedSlice((int) from, bytes);
    }
}
