package dev.jsbx.cli.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.engine.Machine;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.engine.MachineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kvm engine with a guest that any KVM can execute. */
class KvmEngineTest {
    @TempDir Path directory;

    @Test
    void endsWithItsGuestAndClosesTwice() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "/dev/kvm cannot be opened");
        MachineSpec spec =
                new MachineSpec(
                        1,
                        "",
                        16 << 20,
                        Files.write(directory.resolve("kernel"), RehearsalKernel.elf()),
                        Files.write(directory.resolve("initramfs"), new byte[4]),
                        "quiet",
                        directory.resolve("console"),
                        directory);
        try (Machine machine = Engine.named("kvm").start(spec, List.of())) {
            assertThat(machine.ended().get(10, TimeUnit.SECONDS).kind())
                    .isEqualTo(MachineEnd.Kind.RESET);
            machine.close();
        }
    }
}
