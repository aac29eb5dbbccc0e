package dev.jsbx.netstack.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.foreign.MemorySegment;

/**
 * Buffers that a link reads frames into and that consumers may retain parts of: a buffer is free
 * again when the pool's own reference is the only one left. The lowest free one is taken, so that
 * under light load the same few stay in the processor's cache.
 */
public final class FramePool implements AutoCloseable {
    private final ByteBuf[] buffers;
    private final MemorySegment[] memory;
    private final MemorySegment scratch;
    private final int size;
    private int taken;

    /**
     * @param count the most buffers that exist, made as they are needed
     * @param size of each, in bytes
     */
    public FramePool(int count, int size) {
        this.size = size;
        buffers = new ByteBuf[count];
        memory = new MemorySegment[count];
        scratch = java.lang.foreign.Arena.ofAuto().allocate(size, 64);
    }

    /** Picks a buffer for one frame; {@link #memory} and {@link #backing} tell which. */
    public void next() {
        for (int i = 0; i < buffers.length; i++) {
            if (buffers[i] == null) {
                buffers[i] = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
                memory[i] = MemorySegment.ofBuffer(buffers[i].nioBuffer(0, size));
            }
            if (buffers[i].refCnt() == 1) {
                taken = i;
                return;
            }
        }
        taken = -1;
    }

    /** The memory of the buffer that {@link #next} picked. */
    public MemorySegment memory() {
        return taken < 0 ? scratch : memory[taken];
    }

    /** Null if all buffers are retained: then the memory is good for the handler's time only. */
    public ByteBuf backing() {
        return taken < 0 ? null : buffers[taken];
    }

    @Override
    public void close() {
        for (int i = 0; i < buffers.length; i++) {
            if (buffers[i] != null) {
                buffers[i].release();
                buffers[i] = null;
            }
        }
    }
}
