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
        if (values == null || !isKnown(now)) {
            close();
            int size = now.stream().mapToInt(value -> value.remaining() + Integer.BYTES).sum();
            values = new ZeroingBuf(Math.max(1, size));
            for (ByteBuffer value : now) {
                values.writeInt(value.remaining()).writeBytes(value.duplicate());
            }
            needles = Needles.of(now);
        }
        return needles;
    }

    private boolean isKnown(List<ByteBuffer> now) {
        int at = 0;
        for (ByteBuffer value : now) {
            int length = value.remaining();
            if (values.writerIndex() < at + Integer.BYTES + length || values.getInt(at) != length) {
                return false;
            }
            at += Integer.BYTES;
            for (int i = 0; i < length; i++) {
                if (values.getByte(at + i) != value.get(value.position() + i)) {
                    return false;
                }
            }
            at += length;
        }
        return at == values.writerIndex();
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
