package dev.jsbx.virtio.vsock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Processes of the host, with java.nio so that nothing is tested against itself. */
final class MockHost {
    private MockHost() {}

    static ServerSocketChannel listen(Path path) {
        try {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    .bind(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SocketChannel connect(Path path) {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(SocketChannel channel, byte... bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(SocketChannel channel, String text) {
        write(channel, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads exactly so many bytes, or fewer if the stream ends. */
    static byte[] read(SocketChannel channel, int length) {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                continue;
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String readLine(SocketChannel channel) {
        StringBuilder line = new StringBuilder();
        while (true) {
            byte[] one = read(channel, 1);
            if (one.length == 0 || one[0] == '\n') {
                return line.toString();
            }
            line.append((char) one[0]);
        }
    }

    /** Whether the stream has ended, in whatever way; waits for that or for data. */
    static boolean atEnd(SocketChannel channel) {
        try {
            return read(channel, 1).length == 0;
        } catch (UncheckedIOException reset) {
            return true;
        }
    }
}
