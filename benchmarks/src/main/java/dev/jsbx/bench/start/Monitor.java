package dev.jsbx.bench.start;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** QEMU's machine protocol, far enough to let a machine go that was started stopped. */
final class Monitor implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 120_000;

    private final SocketChannel channel;
    private final BufferedReader lines;

    /** What to start QEMU with. */
    static String[] options(Path socket) {
        return new String[] {"-S", "-qmp", "unix:" + socket + ",server=on,wait=off"};
    }

    /** Waits for QEMU to have set its machine up. */
    Monitor(Path socket) throws IOException, InterruptedException {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!Files.exists(socket) && System.currentTimeMillis() < deadline) {
            Thread.sleep(5);
        }
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        lines =
                new BufferedReader(
                        Channels.newReader(channel, StandardCharsets.UTF_8.newDecoder(), -1));
        lines.readLine(); // the greeting, which comes once all devices are there
        send("qmp_capabilities");
    }

    /** Lets the guest run. */
    void go() throws IOException {
        send("cont");
    }

    private void send(String command) throws IOException {
        String text = "{\"execute\":\"" + command + "\"}\n";
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        String answer;
        do {
            answer = lines.readLine();
            if (answer == null || answer.startsWith("{\"error\"")) {
                throw new IOException("QEMU's monitor answered " + command + " with " + answer);
            }
        } while (!answer.startsWith("{\"return\""));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
