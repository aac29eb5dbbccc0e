package dev.jsbx.netstack.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that runs full: a tmpfs of 64 KiB, which takes root to mount. */
class AuditDiskFullTest {
    private static final Decision ALLOW =
            new Decision(true, Decision.Kind.RULE, "allow a.example (global)", "because");

    @TempDir Path directory;
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "jsbx-test", disk.toString()) == 0,
                "tmpfs cannot be mounted here");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(command[0]).isTrue();
        return process.exitValue();
    }

    private static Attempt attempt() {
        return new Attempt("tcp", "a.example", Ip.parse("192.0.2.7"), 443, ALLOW, Via.TRANSPARENT);
    }

    private int writeUntilFull(AuditLog log) {
        for (int written = 0; written < 10_000; written++) {
            try {
                log.attempt(attempt());
            } catch (AuditException e) {
                assertThat(e).hasMessageContaining("No space left on device");
                return written;
            }
        }
        throw new AssertionError("64 KiB held 10 000 records");
    }

    @Test
    void attemptsAreRefusedWhileTheDiskIsFullAndGoOnAfterwards() throws Exception {
        Path filler = Files.write(disk.resolve("filler"), new byte[16 * 1024]);
        try (AuditLog log = AuditLog.open(AuditOptions.in(disk.resolve("audit")), "box")) {
            int written = writeUntilFull(log);
            assertThat(written).isPositive();
            assertThatThrownBy(() -> log.attempt(attempt())).isInstanceOf(AuditException.class);
            log.end(1, 0, 0, 0, "finished"); // says nothing, counts
            assertThat(log.unlogged()).isEqualTo(3);

            Files.delete(filler);
            log.attempt(attempt());
            log.attempt(attempt());
            List<AuditEvent> events = new ArrayList<>();
            new AuditReader(disk.resolve("audit"), AuditFilter.ALL).events(events::add);
            // What the full disk left of a line stands before the next one, and is skipped.
            assertThat(events).hasSize(written + 2);
        }
    }

    @Test
    void whoeverPrefersToGoOnUnloggedMay() throws IOException {
        AuditOptions options = AuditOptions.in(disk.resolve("audit"));
        try (AuditLog log = AuditLog.open(options, "box", () -> true)) {
            for (int i = 0; i < 1000; i++) {
                log.attempt(attempt());
            }
            assertThat(log.unlogged()).isPositive();
        }
    }
}
