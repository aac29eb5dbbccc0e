package dev.jsbx.image.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Frames to a byte stream, each written whole. For any number of threads. */
final class FrameWriter {
    private static final int CAPACITY = Protocol.HEADER + Protocol.MAX_DATA;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

    FrameWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Sends a frame with the given payload, whose position moves to its limit. */
    synchronized void send(int type, int stream, ByteBuffer payload) throws IOException {
        buffer.clear();
        buffer.put((byte) type).put((byte) stream).putShort((short) 0);
        buffer.putInt(payload.remaining());
        while (payload.remaining() > buffer.remaining()) { // only a large EXEC
            int limit = payload.limit();
            buffer.put(payload.limit(payload.position() + buffer.remaining()));
            payload.limit(limit);
            flush();
            buffer.clear();
        }
        buffer.put(payload);
        flush();
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void send(int type) throws IOException {
        send(type, 0, ByteBuffer.allocate(0));
    }
}
