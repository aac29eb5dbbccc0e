package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.LockedBlock;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;

/**
 * A block of locked memory for what holds a secret: of fixed size, so that no copy is left behind
 * by growing, and zeroed when released. Views of it, such as {@link #nioBuffer}, are not to be used
 * from then on: another secret may be there.
 */
final class ZeroingBuf extends UnpooledDirectByteBuf {
    private final LockedBlock block;

    /**
     * @param size in bytes, above 0
     * @throws dev.jsbx.vmm.linux.LinuxException if the host locks no more memory
     */
    ZeroingBuf(int size) {
        this(LockedBlock.of(size), size);
    }

    private ZeroingBuf(LockedBlock block, int size) {
        super(UnpooledByteBufAllocator.DEFAULT, block.bytes().slice(0, size), size);
        this.block = block;
        clear();
    }

    @Override
    public ZeroingBuf capacity(int size) {
        if (size != capacity()) {
            throw new UnsupportedOperationException("of fixed size");
        }
        return this;
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        block.close();
    }
}
