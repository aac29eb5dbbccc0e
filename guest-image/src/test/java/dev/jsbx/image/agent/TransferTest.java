package dev.jsbx.image.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TransferTest {
    @RegisterExtension static final AgentProcess AGENT = new AgentProcess();

    private static byte[] tarOut(Path path) throws Exception {
        Session s = AGENT.connect().tarOut("", path.toString());
        byte[] archive = s.stdout().readAllBytes();
        assertThat(new String(s.stderr().readAllBytes())).isEmpty();
        assertThat(s.waitFor().code()).isZero();
        return archive;
    }

    private static Output tarIn(byte[] archive, Path into) throws Exception {
        Session s = AGENT.connect().tarIn("", into.toString());
        CompletableFuture.runAsync(
                () -> {
                    try (OutputStream in = s.stdin()) {
                        in.write(archive);
                    } catch (IOException e) {
                        // It refused the archive; its status says so.
                    }
                });
        String out = new String(s.stdout().readAllBytes());
        return new Output(out, new String(s.stderr().readAllBytes()), s.waitFor());
    }

    private static void run(String... command) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(p.getInputStream().readAllBytes());
        assertThat(p.waitFor()).as(String.join(" ", command) + ": " + said).isZero();
    }

    /** A tree with everything that gives archivers trouble. */
    private static Path tree(Path dir) throws Exception {
        Path root = Files.createDirectories(dir.resolve("tree"));
        byte[] noise = new byte[300_001];
        new Random(1).nextBytes(noise);
        Files.write(root.resolve("noise"), noise);
        Files.writeString(root.resolve("empty"), "");
        Files.writeString(root.resolve("umlaut \u00e4 \ud83d\ude00"), "x");
        Path deep = Files.createDirectories(root.resolve("d".repeat(200)).resolve("e".repeat(200)));
        Files.writeString(deep.resolve("f".repeat(200)), "deep");
        Files.createSymbolicLink(root.resolve("link"), Path.of("noise"));
        Files.createSymbolicLink(root.resolve("far"), Path.of("/" + "t".repeat(300)));
        Path script = Files.writeString(root.resolve("script"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(script, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        Path locked = Files.createDirectory(root.resolve("locked"));
        Files.writeString(locked.resolve("inside"), "in");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.setLastModifiedTime(locked, FileTime.from(Instant.ofEpochSecond(1_100_000_000)));
        return root;
    }

    private static List<String> listing(Path root) throws Exception {
        Process p =
                new ProcessBuilder("find", ".", "-printf", "%p %m %U %G %s %l %Ts %y\n")
                        .directory(root.toFile())
                        .start();
        String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines()
                .map(l -> l.endsWith(" d") ? l.replaceFirst(" \\d+  ", " -  ") : l)
                .sorted()
                .toList();
    }

    @Test
    void whatItPacksTarUnpacks(@TempDir Path dir) throws Exception {
        Path tree = tree(dir);
        Path archive = Files.write(dir.resolve("a.tar"), tarOut(tree));
        Path out = Files.createDirectory(dir.resolve("out"));
        run("tar", "-C", out.toString(), "-xpf", archive.toString());
        assertThat(listing(out.resolve("tree"))).isEqualTo(listing(tree));
        assertThat(Files.mismatch(tree.resolve("noise"), out.resolve("tree/noise"))).isEqualTo(-1);
    }

    @Test
    void unpacksWhatTarsOfAllKindsPack(@TempDir Path dir) throws Exception {
        Path tree = tree(dir);
        for (String format : List.of("gnu", "pax")) {
            Path archive = dir.resolve(format + ".tar");
            run(
                    "tar",
                    "--format=" + format,
                    "-C",
                    dir.toString(),
                    "-cf",
                    archive.toString(),
                    "tree");
            Path out = Files.createDirectory(dir.resolve(format));
            Output o = tarIn(Files.readAllBytes(archive), out);
            assertThat(o.err()).isEmpty();
            assertThat(o.status().code()).isZero();
            assertThat(listing(out.resolve("tree"))).isEqualTo(listing(tree));
        }
    }

    @Test
    void itsOwnArchivesComeBack(@TempDir Path dir) throws Exception {
        Path tree = tree(dir);
        Path out = Files.createDirectory(dir.resolve("out"));
        assertThat(tarIn(tarOut(tree), out).status().code()).isZero();
        assertThat(listing(out.resolve("tree"))).isEqualTo(listing(tree));
    }

    @Test
    void packsASingleFileUnderItsName(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "content");
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new java.io.ByteArrayInputStream(tarOut(file)))) {
            assertThat(tar.getNextEntry().getName()).isEqualTo("file");
            assertThat(new String(tar.readAllBytes())).isEqualTo("content");
            assertThat(tar.getNextEntry()).isNull();
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        Session s = AGENT.connect().tarOut("", "/no/such/file");
        s.stdout().close();
        assertThat(new String(s.stderr().readAllBytes()))
                .isEqualTo("tar: /no/such/file: No such file or directory\n");
        assertThat(s.waitFor().code()).isEqualTo(1);
    }

    @Test
    void refusesNamesThatLeaveTheDirectory(@TempDir Path dir) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            put(tar, "a/../../evil");
            put(tar, "/absolute");
            put(tar, "good");
        }
        Path into = Files.createDirectory(dir.resolve("into"));
        Output o = tarIn(bytes.toByteArray(), into);
        assertThat(o.status().code()).isEqualTo(1);
        assertThat(o.err()).isEqualTo("tar: a/../../evil: Invalid argument\n");
        assertThat(into.resolve("good")).hasContent("x");
        assertThat(into.resolve("absolute")).hasContent("x");
        assertThat(dir.resolve("evil")).doesNotExist();
    }

    private static void put(TarArchiveOutputStream tar, String name) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
        entry.setSize(1);
        tar.putArchiveEntry(entry);
        tar.write('x');
        tar.closeArchiveEntry();
    }

    @Test
    void brokenArchivesAreErrors(@TempDir Path dir) throws Exception {
        Path file = Files.write(dir.resolve("file"), new byte[5000]);
        byte[] archive = tarOut(file);
        Path into = Files.createDirectory(dir.resolve("into"));
        assertThat(tarIn(Arrays.copyOf(archive, 2000), into).err())
                .isEqualTo("tar: archive is corrupt: it ends early\n");
        archive[3] ^= 1;
        assertThat(tarIn(archive, into).err())
                .isEqualTo("tar: archive is corrupt: checksum of a header\n");
        assertThat(tarIn(new byte[0], into).status().code()).isEqualTo(1);
    }

    @Test
    void forwardsATcpConnectionWithHalfClose() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> got = CompletableFuture.supplyAsync(() -> serve(server));
            ByteChannel c = AGENT.connect().forward("", server.getLocalPort());
            ByteBuffer greeting = ByteBuffer.allocate(5);
            while (greeting.hasRemaining() && c.read(greeting) >= 0) {}
            assertThat(new String(greeting.array())).isEqualTo("hello");
            byte[] sent = new byte[3_000_000];
            new Random(2).nextBytes(sent);
            for (ByteBuffer b = ByteBuffer.wrap(sent); b.hasRemaining(); ) {
                c.write(b);
            }
            ((SocketChannel) c).shutdownOutput();
            assertThat(got.get()).isEqualTo(sent);
            assertThat(Channels.newInputStream(c).readAllBytes()).isEqualTo("bye".getBytes());
            c.close();
        }
    }

    private static byte[] serve(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write("hello".getBytes());
            InputStream in = socket.getInputStream();
            byte[] all = in.readAllBytes();
            socket.getOutputStream().write("bye".getBytes());
            return all;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> AGENT.connect().forward("127.0.0.1", port))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.errno()).isEqualTo(111))
                .hasMessage("guest agent: Connection refused");
        assertThatThrownBy(() -> AGENT.connect().forward("example", 80))
                .hasMessage("guest agent: Invalid argument");
    }

    @Test
    void controlRequestsAreAnsweredInOrder() throws Exception {
        try (AgentConnection c = AGENT.connect()) {
            c.ping();
            c.sync();
            assertThat(c.sleepsThroughSignal((int) ProcessHandle.current().pid())).isFalse();
            assertThat(c.sleepsThroughSignal(Integer.MAX_VALUE)).isFalse();
            assertThatThrownBy(() -> c.setClock(Instant.now()))
                    .hasMessageContaining("not permitted");
            assertThat(c.hello().timeline()).containsKeys(Hello.Point.INIT, Hello.Point.READY);
            assertThat(Output.of(c.exec(ExecRequest.of("echo", "after"))).out())
                    .isEqualTo("after\n");
        }
    }
}
