package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTestTest {
    @TempDir Path dir;

    @Test
    void saysWhatToDoWhereThereIsNoDevice() {
        SelfTestResult result = SelfTest.run(dir.resolve("kvm"));
        assertThat(result.usable()).isFalse();
        assertThat(result.measured()).isFalse();
        assertThat(result.figures()).isEmpty();
        assertThat(result.verdict())
                .startsWith("KVM cannot run Linux: " + dir.resolve("kvm"))
                .contains("No such file or directory")
                .endsWith("--engine qemu");
    }

    @Test
    void saysThatSomethingElseIsNotKvm() {
        assertThat(SelfTest.run(Path.of("/dev/null")).verdict())
                .isEqualTo(
                        "KVM cannot run Linux: /dev/null is not KVM: Inappropriate ioctl for"
                                + " device");
    }

    @Test
    void measuresThisHost() {
        TinyGuest.assumeKvm();
        SelfTestResult result = SelfTest.run();
        assertThat(result.measured()).isTrue();
        assertThat(result.exitMicros()).isPositive();
        assertThat(result.figures()).hasSize(6);
        // How fast a busy host runs its guest is no matter for a test.
        boolean works = result.syscall() && result.instructions() && result.cpuidMasked();
        if (result.usable()) {
            assertThat(works).isTrue();
        }
        assertThat(result.conclusive()).isEqualTo(result.usable() || !works);
    }
}
