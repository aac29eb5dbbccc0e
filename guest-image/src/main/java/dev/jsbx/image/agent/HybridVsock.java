package dev.jsbx.image.agent;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The host's side of a vsock device in Firecracker's hybrid form: one Unix socket for connections
 * into the guest, on which the first line says the port.
 */
public final class HybridVsock {
    /** "OK 4294967295\n" and some. */
    private static final int MAX_ANSWER = 32;

    private HybridVsock() {}

    /**
     * Connects to a port of the guest.
     *
     * @param socket the device's Unix socket
     * @param port the guest's vsock port
     * @return a blocking channel, the raw stream
     * @throws IOException if there is no such socket, or nobody listens in the guest
     */
    public static SocketChannel connect(Path socket, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String line = "CONNECT " + Integer.toUnsignedString(port) + "\n";
            ByteBuffer request = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            String answer = readLine(channel, socket, port);
            if (!answer.startsWith("OK ")) {
                throw new IOException(socket + ": unexpected answer to CONNECT");
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Byte by byte, since what follows the line belongs to the stream already. */
    private static String readLine(SocketChannel channel, Path socket, int port)
            throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_ANSWER) {
            if (channel.read(one.clear()) < 0) {
                throw new EOFException(
                        "%s: nobody listens on port %d of the guest".formatted(socket, port));
            }
            char c = (char) one.get(0);
            if (c == '\n') {
                return line.toString();
            }
            line.append(c);
        }
        throw new IOException(socket + ": answer to CONNECT is too long");
    }
}
