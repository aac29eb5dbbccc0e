package dev.jsbx.cli.vmm;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What passes between a {@link KeptTerminal} and a {@link RemoteTerminal}: a byte that says what, a
 * length of four bytes, big-endian, and so many bytes. Many may write, one reads.
 */
final class TerminalFrames {
    /** Both ways: what is typed, or shown. */
    static final byte DATA = 'D';

    /** To the guest: rows and columns, two bytes each. The first frame of a connection. */
    static final byte SIZE = 'R';

    /** To the guest: a signal's number, one byte. */
    static final byte SIGNAL = 'S';

    /** To the guest: nothing more is typed. */
    static final byte END = 'E';

    /** To the guest: the user goes, the command stays. */
    static final byte LEAVE = 'L';

    /** From the guest: kind, value and code of the end, four bytes each, and a message. */
    static final byte EXIT = 'X';

    static final int MAX = 64 << 10;
    private static final int HEADER = 5;

    private final SocketChannel channel;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER);

    TerminalFrames(SocketChannel channel) {
        this.channel = channel;
    }

    /** Sends one whole frame. */
    synchronized void write(byte type, byte[] bytes, int from, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
        frame.put(type).putInt(length).put(bytes, from, length).flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /**
     * Reads one frame.
     *
     * @param payload takes its bytes; at least {@link #MAX}
     * @return its type
     * @throws EOFException if the other side has gone
     */
    byte read(ByteBuffer payload) throws IOException {
        fill(header.clear());
        int length = header.getInt(1);
        if (length < 0 || length > MAX) {
            throw new IOException("a frame of " + length + " bytes");
        }
        fill(payload.clear().limit(length));
        payload.flip();
        return header.get(0);
    }

    private void fill(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the other side has gone");
            }
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed for us.
        }
    }
}
