package dev.jsbx.image.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Frames from a byte stream. Memory is one buffer for the largest frame that an agent may send.
 *
 * <p>For one thread at a time.
 */
final class FrameReader {
    private static final int CAPACITY = Protocol.HEADER + Protocol.MAX_DATA;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.LITTLE_ENDIAN).flip();

    private boolean readAhead;

    FrameReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the next frame.
     *
     * @return the frame; its payload is valid until the next call
     * @throws EOFException if the agent closed the connection between two frames
     * @throws AgentException if it broke the protocol
     */
    Frame next() throws IOException {
        require(Protocol.HEADER);
        int type = Byte.toUnsignedInt(buffer.get());
        int stream = Byte.toUnsignedInt(buffer.get());
        int zero = buffer.getShort();
        int length = buffer.getInt();
        int most = type == Protocol.DATA ? Protocol.MAX_DATA : Protocol.MAX_MESSAGE;
        if (zero != 0 || length < 0 || length > most) {
            throw new AgentException(
                    "guest agent: malformed frame, type %d, length %d".formatted(type, length));
        }
        try {
            require(length);
        } catch (EOFException e) {
            throw new AgentException("guest agent: connection ended within a frame");
        }
        ByteBuffer payload = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return new Frame(type, stream, payload);
    }

    /** From now on reads as much as comes, not only what the next frame needs. */
    void readAhead() {
        readAhead = true;
    }

    private void require(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        buffer.compact();
        if (!readAhead) {
            buffer.limit(bytes); // what follows may be a raw stream, and somebody else's
        }
        while (buffer.position() < bytes) {
            if (channel.read(buffer) < 0) {
                boolean clean = buffer.position() == 0 && bytes == Protocol.HEADER;
                buffer.flip();
                throw clean
                        ? new EOFException("guest agent: connection ended")
                        : new EOFException("guest agent: connection ended within a frame");
            }
        }
        buffer.flip();
    }
}
