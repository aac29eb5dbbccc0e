package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code run -p} publishes. */
final class PortChecks {
    private static final Pattern PUBLISHED =
            Pattern.compile("jsbx: published 127\\.0\\.0\\.1:([0-9]+) -> 3000/tcp\n");

    private PortChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("a published port answers while the sandbox lives", PortChecks::answers),
                new Check("a port that is taken is said to be", PortChecks::taken));
    }

    private static void answers(JsbxProgram jsbx) throws Exception {
        // busybox' nc serves one caller at a time.
        String serve = "while [ ! -e enough ]; do echo hello | nc -l -p 3000; done";
        List<String> run = jsbx.run("-p", "3000", "--network", "balanced", "sh", "-c", serve);
        run.remove("-q");
        Process process = jsbx.start(run);
        int port = published(process.getErrorStream());
        JsbxProgram.await("the guest's answer", () -> says(port).equals("hello\n"));
        Files.createFile(jsbx.workspace().resolve("enough"));
        JsbxProgram.await(
                "the end", () -> process.isAlive() && !says(port).isEmpty() || gone(port));
        assertThat(JsbxProgram.finish(process, new byte[0]).code()).isZero();
        jsbx.awaitNothingLeft();
        assertThat(gone(port)).isTrue();
        Result log = jsbx.call(List.of("policy", "log", "--json"));
        assertThat(log.out()).contains("published port 3000/tcp").contains("127.0.0.1");
    }

    private static int published(InputStream errors) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (int c = errors.read(); c >= 0; c = errors.read()) {
            Matcher m = PUBLISHED.matcher(seen.append((char) c));
            if (m.find()) {
                return Integer.parseInt(m.group(1));
            }
        }
        throw new AssertionError("no port was published: " + seen);
    }

    private static String says(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean gone(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void taken(JsbxProgram jsbx) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            Result result =
                    jsbx.call(jsbx.run("--network", "balanced", "-p", port + ":80", "true"));
            assertThat(result.err())
                    .isEqualTo(
                            "jsbx: port 127.0.0.1:"
                                    + port
                                    + "/tcp is taken by another program: choose another port of"
                                    + " the host\n");
            assertThat(result.code()).isEqualTo(125);
            jsbx.awaitNothingLeft();
        }
    }
}
