package dev.jsbx.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import dev.jsbx.virtio.guest.Shell;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Linux's own driver at the other end. */
@Timeout(400)
class VsockGuestIT {
    private static final long CID = 5;
    private static final int CHUNK = 1 << 16;
    private static final int MIB_100 = 100 << 20;

    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path path;
    private Path tool;
    private VsockDevice device;
    private VhostUserServer server;

    @BeforeEach
    void serve() throws IOException {
        Assumptions.assumeTrue(Shell.find("gcc").isPresent(), "needs gcc");
        Path source = directory.resolve("vsock-tool.c");
        tool = directory.resolve("vsock-tool");
        try (InputStream in = VsockGuestIT.class.getResourceAsStream("vsock-tool.c")) {
            Files.copy(in, source);
        }
        Shell.run(directory, "gcc", "-O2", "-static", "-o", tool.toString(), source.toString());
        path = directory.resolve("vsock");
        device = new VsockDevice(CID, path, this::log);
        server = VhostUserServer.listen(directory.resolve("vhost"), device, this::log);
    }

    private void log(String line) {
        System.err.println(line);
        log.add(line);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
            device.close();
            assertThat(log).isEmpty();
        }
    }

    private GuestConfig guest() {
        return new GuestConfig()
                .executable("/bin/vsock-tool", tool)
                .vhostUser("vhost-user-vsock-device", server.path());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends pseudo-random bytes and ends the direction; returns their digest. */
    private static byte[] send(SocketChannel to, int bytes) throws IOException {
        MessageDigest digest = sha256();
        Random random = new Random(bytes);
        byte[] chunk = new byte[CHUNK];
        for (int left = bytes; left > 0; left -= CHUNK) {
            random.nextBytes(chunk);
            digest.update(chunk);
            MockHost.write(to, chunk);
        }
        to.shutdownOutput();
        return digest.digest();
    }

    private static byte[] receive(SocketChannel from) {
        MessageDigest digest = sha256();
        for (byte[] got = MockHost.read(from, CHUNK); got.length > 0; ) {
            digest.update(got);
            got = MockHost.read(from, CHUNK);
        }
        return digest.digest();
    }

    private SocketChannel connect(int port) {
        SocketChannel channel = MockHost.connect(path);
        MockHost.write(channel, "CONNECT " + port + "\n");
        assertThat(MockHost.readLine(channel)).startsWith("OK ");
        return channel;
    }

    @Test
    void aHundredMegabytesThereAndBack() throws Exception {
        try (QemuGuest guest = guest().script("vsock-tool echo 7").boot()) {
            guest.awaitLine("LISTENING");
            try (SocketChannel channel = connect(7)) {
                byte[][] sent = new byte[1][];
                Thread sender =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                sent[0] = send(channel, MIB_100);
                                            } catch (IOException e) {
                                                throw new java.io.UncheckedIOException(e);
                                            }
                                        });
                long start = System.nanoTime();
                byte[] received = receive(channel);
                sender.join();
                long millis = (System.nanoTime() - start) / 1_000_000;
                System.err.println("vsock echo of 100 MiB: " + millis + " ms");
                assertThat(received).isEqualTo(sent[0]);
            }
            for (int i = 0; i < 50; i++) {
                try (SocketChannel channel = connect(7)) {
                    byte[] sent = send(channel, CHUNK);
                    assertThat(receive(channel)).isEqualTo(sent);
                }
            }
        }
    }

    @Test
    void theGuestSendsAndReceivesFiles() throws Exception {
        try (ServerSocketChannel host = MockHost.listen(directory.resolve("vsock_9"));
                QemuGuest guest =
                        guest().script(
                                        """
                                        set -e
                                        vsock-tool connect 2 9 < /dev/null > /tmp/down
                                        wc -c /tmp/down; sha256sum /tmp/down
                                        dd if=/dev/urandom of=/tmp/f bs=1M count=32 2>/dev/null
                                        sha256sum < /tmp/f
                                        vsock-tool connect 2 9 < /tmp/f
                                        vsock-tool connect 2 10 < /dev/null || echo REFUSED
                                        """)
                                .boot()) {
            String down;
            try (SocketChannel channel = host.accept()) {
                down = HexFormat.of().formatHex(send(channel, 32 << 20));
                assertThat(MockHost.atEnd(channel)).isTrue();
            }
            String up;
            try (SocketChannel channel = host.accept()) {
                channel.shutdownOutput();
                up = HexFormat.of().formatHex(receive(channel));
            }
            assertThat(guest.awaitExit()).as(guest.output()).isZero();
            assertThat(guest.output()).contains(down).contains(up).contains("REFUSED");
        }
    }

    @Test
    void aResetOfTheGuestEndsConnectionsAndNotTheListener() throws IOException {
        try (QemuGuest guest =
                guest().rebooting().script("vsock-tool echo 7 & read go; reboot -f").boot()) {
            guest.awaitLine("LISTENING");
            SocketChannel first = connect(7);
            guest.type("go");
            assertThat(MockHost.atEnd(first)).isTrue();
            guest.awaitLine("LISTENING", 2);
            try (SocketChannel second = connect(7)) {
                byte[] sent = send(second, CHUNK);
                assertThat(receive(second)).isEqualTo(sent);
                guest.kill();
            }
            first.close();
        }
    }
}
