package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Programs that people use, in a whole Debian guest that is locked down but for some services of
 * the host: see {@code clients.py}. What the guest's image lacks, it takes from the host.
 */
final class ClientChecks {
    private static final Duration PATIENCE = Duration.ofMinutes(9);
    private static final Path WHEELS = Path.of("/usr/share/python-wheels");
    private static final List<String> CHECKS =
            List.of("h2c", "h2", "wget", "npm", "pip", "iperf3", "ssh", "dns");

    /** Runs jsbx where another name server is the host's; for root only. */
    private static final List<String> ELSEWHERE =
            List.of(
                    "unshare",
                    "-m",
                    "sh",
                    "-c",
                    "mount --bind resolv.conf /etc/resolv.conf && exec \"$@\"",
                    "sh");

    private ClientChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("HTTP/2, wget, npm, pip, iperf3, ssh, dig", ClientChecks::clients));
    }

    private static void clients(JsbxProgram jsbx) throws Exception {
        GuestTools.script(jsbx, "clients.py");
        for (String program : List.of("wget", "dig", "iperf3")) {
            GuestTools.program(jsbx, program);
        }
        pip(jsbx.workspace());
        boolean mounts = mayMount(jsbx);
        try (ClientServers servers = new ClientServers(jsbx);
                NameServer names = mounts ? new NameServer() : null) {
            List<String> checks = new ArrayList<>(CHECKS);
            if (names != null) {
                checks.add("upstream");
            } else {
                System.out.println("not tried, as it needs root: another name server");
            }
            allow(jsbx, servers);
            Result result = run(jsbx, servers, checks);
            System.out.print(result.err());
            assertThat(result.out().lines())
                    .as(result.out() + result.err())
                    .containsExactlyElementsOf(checks.stream().map(c -> "ok " + c).toList());
            assertThat(result.code()).isZero();
        }
    }

    private static boolean mayMount(JsbxProgram jsbx) throws Exception {
        Files.writeString(
                jsbx.workspace().resolve("resolv.conf"), "nameserver " + NameServer.ADDRESS + "\n");
        List<String> words = new ArrayList<>(ELSEWHERE);
        words.add("true");
        return JsbxProgram.finish(jsbx.startAny(words), new byte[0]).code() == 0;
    }

    private static void pip(Path workspace) throws IOException {
        try (Stream<Path> wheels = Files.list(WHEELS)) {
            for (Path wheel : wheels.toList()) {
                if (wheel.getFileName().toString().startsWith("pip-")) {
                    Files.copy(wheel, workspace.resolve(wheel.getFileName()));
                }
            }
        }
    }

    private static void allow(JsbxProgram jsbx, ClientServers servers) throws Exception {
        for (int port : servers.ports().values()) {
            policy(jsbx, "localhost:" + port);
        }
        policy(jsbx, "localhost:" + servers.ports().get("iperf3"), "--protocol", "udp");
        policy(jsbx, "allowed.example");
        policy(jsbx, "203.0.113.9");
        policy(jsbx, "rebinds.example");
    }

    private static void policy(JsbxProgram jsbx, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("policy", "allow", "network"));
        line.addAll(List.of(words));
        Result allowed = jsbx.call(line);
        assertThat(allowed.code()).as(allowed.err()).isZero();
    }

    private static Result run(JsbxProgram jsbx, ClientServers servers, List<String> checks)
            throws Exception {
        List<String> line = new ArrayList<>();
        if (checks.contains("upstream")) {
            line.addAll(ELSEWHERE);
        }
        line.add(jsbx.command());
        List<String> words = jsbx.run("--network", "locked-down", "-m", "768m");
        words.set(words.indexOf("minimal"), "default");
        line.addAll(words);
        line.addAll(List.of("python3", "clients.py"));
        servers.ports().forEach((name, port) -> line.add(name + "=" + port));
        line.addAll(checks);
        return JsbxProgram.finish(jsbx.startAny(line), new byte[0], PATIENCE);
    }
}
