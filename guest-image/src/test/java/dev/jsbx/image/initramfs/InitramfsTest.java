package dev.jsbx.image.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.image.HostProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsTest {
    @TempDir Path dir;

    @Test
    void cpioReadsWhatWasWritten() throws Exception {
        Assumptions.assumeTrue(HostProgram.find("cpio").isPresent(), "cpio is not installed");
        Path archive = Files.write(dir.resolve("a.cpio"), sample());
        HostProgram.run(dir, List.of("sh", "-c", "cpio -idm --quiet < " + archive));
        assertThat(Files.readString(dir.resolve("etc/deep/file"))).isEqualTo("text");
        assertThat(Files.isExecutable(dir.resolve("init"))).isTrue();
        assertThat(Files.readSymbolicLink(dir.resolve("bin/sh")))
                .isEqualTo(Path.of("/bin/busybox"));
        assertThat(dir.resolve("empty")).isEmptyDirectory();
    }

    @Test
    void theSameContentIsTheSameBytes() throws Exception {
        assertThat(sample()).isEqualTo(sample());
    }

    private static byte[] sample() throws Exception {
        Initramfs initramfs = new Initramfs();
        initramfs.file("init", 0755, "#!".getBytes(StandardCharsets.US_ASCII));
        initramfs.file("etc/deep/file", 0644, "text".getBytes(StandardCharsets.US_ASCII));
        initramfs.link("bin/sh", "/bin/busybox");
        initramfs.directory("empty");
        return initramfs.finish();
    }
}
