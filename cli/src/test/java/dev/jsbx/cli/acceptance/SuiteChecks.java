package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What others wrote, in a whole Debian guest, against servers on the host that policy allows: curl,
 * git, 1000 connections at a time. {@code -Djsbx.soak=MINUTES} goes on with it for so long and
 * looks at the VMM process's memory.
 */
final class SuiteChecks {
    private static final int SOAK_MINUTES = Integer.getInteger("jsbx.soak", 0);
    private static final Duration PATIENCE = Duration.ofMinutes(9);
    private static final String CHECKS = "download upload ipv6 git websocket parallel dns ping";

    /** More than this a VMM process never has: its heap, buffers of 256 MiB, and itself. */
    private static final long MAX_RSS_KIB = 640 << 10;

    /** By less than this its peak grows from the middle third of a soak to the last. */
    private static final long PLATEAU_KIB = 16 << 10;

    private SuiteChecks() {}

    static List<Check> all() {
        List<Check> all = new ArrayList<>();
        all.add(new Check("curl, git, WebSocket, 1000 connections, ping", SuiteChecks::once));
        if (SOAK_MINUTES > 0) {
            all.add(new Check("all of it for " + SOAK_MINUTES + " min", SuiteChecks::soak));
        }
        return all;
    }

    private static void once(JsbxProgram jsbx) throws Exception {
        try (SuiteServers servers = servers(jsbx)) {
            Result result = JsbxProgram.finish(start(jsbx, servers, "%s"), new byte[0], PATIENCE);
            assertThat(result.out().lines())
                    .as(result.out() + result.err())
                    .containsExactlyElementsOf(
                            List.of(CHECKS.split(" ")).stream().map(c -> "ok " + c).toList());
            assertThat(result.code()).isZero();
        }
    }

    private static SuiteServers servers(JsbxProgram jsbx) throws Exception {
        Path workspace = jsbx.workspace();
        try (InputStream in = SuiteChecks.class.getResourceAsStream("network-suite.py")) {
            Files.copy(in, workspace.resolve("network-suite.py"));
        }
        Path repository = Files.createDirectory(workspace.resolve("repository"));
        Files.writeString(repository.resolve("file"), "in the repository\n");
        String git = "git -c user.name=n -c user.email=n@example.invalid ";
        String make =
                "cd repository && git init -q && git add file && "
                        + git
                        + "commit -qm one && git clone -q --bare . ../web/project.git && "
                        + "git -C ../web/project.git update-server-info";
        Result made = JsbxProgram.finish(jsbx.startAny(List.of("sh", "-c", make)), new byte[0]);
        assertThat(made.code()).as(made.err()).isZero();
        SuiteServers servers = new SuiteServers(workspace.resolve("web"));
        for (int port : new int[] {servers.webPort(), servers.echoPort()}) {
            Result allowed = jsbx.call(List.of("policy", "allow", "network", "localhost:" + port));
            assertThat(allowed.code()).as(allowed.err()).isZero();
        }
        return servers;
    }

    /**
     * @param script what is run in the guest, with %s for the suite
     */
    private static Process start(JsbxProgram jsbx, SuiteServers servers, String script)
            throws IOException {
        String suite =
                "sudo sh -c 'ulimit -n 4096; exec python3 network-suite.py %d %d %s'"
                        .formatted(servers.webPort(), servers.echoPort(), CHECKS);
        List<String> words = jsbx.run("--network", "locked-down", "-m", "512m");
        words.set(words.indexOf("minimal"), "default");
        words.addAll(List.of("bash", "-c", script.formatted(suite)));
        return jsbx.start(words);
    }

    private static void soak(JsbxProgram jsbx) throws Exception {
        try (SuiteServers servers = servers(jsbx)) {
            String loop = "end=$((SECONDS + %d)); while [ $SECONDS -lt $end ]; do %%s; done";
            Process process = start(jsbx, servers, loop.formatted(SOAK_MINUTES * 60));
            List<Long> resident = new ArrayList<>();
            StringBuilder said = new StringBuilder();
            while (!process.waitFor(1, TimeUnit.SECONDS)) {
                said.append(new String(available(process.getInputStream())));
                long now = rss(jsbx);
                if (now > 0 && rounds(said) > 0) {
                    resident.add(now);
                }
            }
            said.append(new String(process.getInputStream().readAllBytes()));
            List<Long> peaks = peaks(resident, SOAK_MINUTES);
            System.out.printf(
                    "soak: %d rounds; KiB resident after the first, at most, in each of %d parts: %s%n",
                    rounds(said), peaks.size(), peaks);
            assertThat(said.toString()).doesNotContain("FAILED");
            assertThat(process.exitValue()).isZero();
            assertThat(peaks).isNotEmpty().allMatch(peak -> peak < MAX_RSS_KIB);
            List<Long> thirds = peaks(resident, 3);
            assertThat(thirds.getLast()).isLessThan(thirds.get(1) + PLATEAU_KIB);
        }
    }

    /** The largest of each of so many parts of the same length. */
    private static List<Long> peaks(List<Long> all, int parts) {
        List<Long> peaks = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            all.subList(all.size() * i / parts, all.size() * (i + 1) / parts).stream()
                    .max(Long::compare)
                    .ifPresent(peaks::add);
        }
        return peaks;
    }

    private static long rounds(CharSequence said) {
        return said.toString().lines().filter(line -> line.equals("ok ping")).count();
    }

    private static byte[] available(InputStream in) throws IOException {
        return in.readNBytes(in.available());
    }

    // Anonymous pages only: the guest's own memory is shared with QEMU.
    private static long rss(JsbxProgram jsbx) {
        long most = 0;
        for (ProcessHandle vmm : jsbx.vmms()) {
            try {
                Path status = Path.of("/proc/" + vmm.pid() + "/status");
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("RssAnon:")) {
                        most = Math.max(most, Long.parseLong(line.replaceAll("[^0-9]", "")));
                    }
                }
            } catch (IOException e) {
                // It has ended.
            }
        }
        return most;
    }
}
