package dev.jsbx.cli.proxy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.lang.foreign.MemorySegment;

/**
 * Memory outside the Java heap for what holds a secret: of fixed size, so that no copy is left
 * behind by growing, and zeroed when released.
 */
final class ZeroingBuf extends UnpooledDirectByteBuf {
    private final MemorySegment memory;

    /**
     * @param size in bytes, above 0
     */
    ZeroingBuf(int size) {
        super(UnpooledByteBufAllocator.DEFAULT, size, size);
        memory = MemorySegment.ofBuffer(nioBuffer(0, size));
    }

    @Override
    protected void deallocate() {
        memory.fill((byte) 0); // setZero would find the buffer released already
        super.deallocate();
    }
}
