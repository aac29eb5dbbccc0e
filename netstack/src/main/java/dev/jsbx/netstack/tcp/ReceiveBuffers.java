package dev.jsbx.netstack.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Buffers into which small segments of all connections of a stack are gathered. The first ones are
 * used over and over, without costing an object: one is free again when its reader has released it
 * and the reference kept here is the last. When all are out, an allocator gives more.
 */
final class ReceiveBuffers {
    /** Bytes of a buffer that is kept: a few segments, worth a write. */
    static final int SIZE = 16384;

    /** 1 MiB in all. */
    private static final int KEPT = 64;

    private static final int SMALL = 2048;

    private final ByteBufAllocator allocator;
    private final ByteBuf[] buffers = new ByteBuf[KEPT];
    private final MemorySegment[] memory = new MemorySegment[KEPT];
    private MemorySegment taken;

    ReceiveBuffers(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** For buffers of any size. */
    ByteBufAllocator allocator() {
        return allocator;
    }

    /**
     * An empty buffer, the caller's to release; {@link #memory} is what lies behind it.
     *
     * @param small whether little is to be expected
     */
    ByteBuf take(boolean small) {
        for (int i = 0; i < KEPT; i++) {
            if (buffers[i] == null) {
                memory[i] = Arena.ofAuto().allocate(SIZE, 64);
                buffers[i] = Unpooled.wrappedBuffer(memory[i].asByteBuffer());
            }
            if (buffers[i].refCnt() == 1) {
                taken = memory[i];
                return buffers[i].retain().clear();
            }
        }
        int size = small ? SMALL : SIZE;
        ByteBuf fresh = allocator.directBuffer(size, size);
        taken = MemorySegment.ofBuffer(fresh.internalNioBuffer(0, size));
        return fresh;
    }

    /** The memory of the buffer that {@link #take} gave last. */
    MemorySegment memory() {
        return taken;
    }
}
