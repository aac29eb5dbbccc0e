package dev.jsbx.cli.secret;

import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Mapping;
import java.nio.ByteBuffer;

/** Locked memory for what holds a secret for a moment. Belongs to one thread at a time. */
public final class LockedBlock implements AutoCloseable {
    /** Larger ones are mapped for one use. */
    static final int LARGEST = 1 << 20;

    private static final byte[] ZEROS = new byte[4 << 10];

    private final ByteBuffer bytes;
    private final Mapping own; // or null

    LockedBlock(ByteBuffer bytes, Mapping own) {
        this.bytes = bytes;
        this.own = own;
    }

    /**
     * Takes a block. What is larger than 1 MiB, such as a body with a secret in it, is locked only
     * as far as the host's limit goes.
     *
     * @param size in bytes, above 0
     * @throws LinuxException if the host locks no more, saying which limit to raise
     */
    public static LockedBlock of(int size) {
        if (size <= LARGEST) {
            return LockedBlocks.OF_PROCESS.take(size);
        }
        Mapping large = Mapping.anonymous(size);
        large.lock();
        large.advise(0, size, Mapping.MADV_DONTDUMP);
        return new LockedBlock(large.segment().asByteBuffer(), large);
    }

    /** As many bytes as were asked for, or more, all zero at first. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Zeroes it and gives it back: whoever has a view of it must not use that any more. */
    @Override
    public void close() {
        int size = bytes.capacity();
        for (int at = 0; at < size; at += ZEROS.length) {
            bytes.put(at, ZEROS, 0, Math.min(ZEROS.length, size - at));
        }
        if (own == null) {
            LockedBlocks.OF_PROCESS.keep(this);
        } else {
            own.close();
        }
    }
}
