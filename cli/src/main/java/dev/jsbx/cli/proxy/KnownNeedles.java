package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;

/** The needles of one connection's secrets, made anew only when a value has changed. */
final class KnownNeedles implements AutoCloseable {
    private ByteBuf values;
    private Needles needles;

    /** The needles of these values; shared, kept by this object; null for none. */
    Needles of(List<ByteBuffer> now) {
        int size = now.stream().mapToInt(value -> value.remaining() + Integer.BYTES).sum();
        ByteBuf fresh = new ZeroingBuf(Math.max(1, size));
        for (ByteBuffer value : now) {
            fresh.writeInt(value.remaining()).writeBytes(value.duplicate());
        }
        if (fresh.equals(values)) {
            fresh.release();
        } else {
            close();
            values = fresh;
            needles = Needles.of(now);
        }
        return needles;
    }

    @Override
    public void close() {
        if (values != null) {
            values.release();
            values = null;
        }
        if (needles != null) {
            needles.close();
            needles = null;
        }
    }
}
