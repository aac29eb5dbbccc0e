package dev.jsbx.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jsbx.netstack.audit.AuditFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks for the log hears that it is full; a tmpfs that is takes root to mount. */
class LogViewTest {
    @TempDir Path directory;

    private static LogView of(Path log) {
        return new LogView(log, AuditFilter.ALL, 0, ZoneOffset.UTC, System.out);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aFullDiskIsTold() throws Exception {
        String disk = Files.createDirectory(directory.resolve("disk")).toString();
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "jsbx-test", disk) == 0,
                "tmpfs cannot be mounted here");
        try {
            Path log = Files.createDirectory(Path.of(disk, "audit"));
            assertThat(of(log).full()).isEmpty();
            Files.write(Path.of(disk, "filler"), new byte[60 << 10]);
            assertThat(of(log).full().orElseThrow())
                    .startsWith("the disk of " + log + " is full: ")
                    .contains("refused", "make room", "unlogged: allow");
        } finally {
            run("umount", disk);
        }
    }

    @Test
    void noLogYetIsNoTrouble() {
        assertThat(of(directory.resolve("none")).full()).isEmpty();
    }
}
