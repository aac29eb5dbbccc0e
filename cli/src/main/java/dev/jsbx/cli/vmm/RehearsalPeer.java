package dev.jsbx.cli.vmm;

import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.image.agent.Protocol;
import dev.jsbx.vmm.linux.FileLock;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Plays a sandbox's VMM process and its guest's agent in a {@link Rehearsal}: any command "runs",
 * says a line and ends well. A process of its own, as the real ones are, so that the JVM under
 * rehearsal does not learn the server's half. Ends when its standard input does.
 */
final class RehearsalPeer {
    /** What it prints when it can be connected to. */
    static final String READY = "ready";

    private RehearsalPeer() {}

    /**
     * @param args the sandbox's directory, which has one for sockets
     */
    public static void main(String[] args) throws IOException {
        Sandbox sandbox = Sandbox.at(Path.of(args[0]));
        CompletableFuture<MachineEnd> ended = new CompletableFuture<>();
        Sessions sessions = new Sessions(Duration.ofSeconds(-1));
        try (FileLock run = sandbox.tryRun().orElseThrow();
                ServerSocketChannel guest = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ControlServer control =
                        ControlServer.listen(
                                sandbox.socket(VmmControl.SOCKET),
                                sessions,
                                ended,
                                new KeptTerminals(sandbox, sessions, ended),
                                Map.of("STATUS", line -> "{}"))) {
            guest.bind(UnixDomainSocketAddress.of(sandbox.socket("vsock")));
            Thread.ofPlatform().daemon().start(() -> accept(guest));
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // Until it ends.
            }
        }
    }

    private static void accept(ServerSocketChannel guest) {
        while (guest.isOpen()) {
            try {
                SocketChannel channel = guest.accept();
                Thread.ofPlatform().daemon().start(() -> serve(channel));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private static void serve(SocketChannel channel) {
        try (channel) {
            ByteBuffer connect = ByteBuffer.allocate("CONNECT 1024\n".length());
            fill(channel, connect);
            send(channel, ByteBuffer.wrap("OK 1\n".getBytes(StandardCharsets.US_ASCII)));
            frame(channel, Protocol.HELLO, 0, ints(Protocol.MAGIC, Protocol.VERSION, 0, 0, 0));
            while (true) {
                ByteBuffer header = ByteBuffer.allocate(Protocol.HEADER);
                header.order(ByteOrder.LITTLE_ENDIAN);
                fill(channel, header);
                fill(channel, ByteBuffer.allocate(header.getInt(Integer.BYTES)));
                if (header.get(0) == Protocol.EXEC) {
                    exec(channel);
                }
            }
        } catch (IOException e) {
            // Its command has gone.
        }
    }

    private static void exec(SocketChannel channel) throws IOException {
        frame(channel, Protocol.STARTED, 0, ints(1));
        byte[] line = "rehearsed\n".getBytes(StandardCharsets.US_ASCII);
        frame(channel, Protocol.DATA, Protocol.STDOUT, ByteBuffer.wrap(line));
        frame(channel, Protocol.EOF, Protocol.STDOUT, ints());
        frame(channel, Protocol.EOF, Protocol.STDERR, ints());
        frame(channel, Protocol.EXIT, 0, ints(Protocol.EXITED, 0, 0, 0));
    }

    private static ByteBuffer ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
        return bytes;
    }

    private static void frame(SocketChannel channel, int type, int stream, ByteBuffer payload)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Protocol.HEADER + payload.remaining());
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) type).put((byte) stream).putShort((short) 0);
        bytes.putInt(payload.remaining()).put(payload).flip();
        send(channel, bytes);
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void fill(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException();
            }
        }
    }
}
