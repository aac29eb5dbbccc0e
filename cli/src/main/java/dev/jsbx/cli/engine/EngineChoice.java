package dev.jsbx.cli.engine;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.image.HostPackages;
import dev.jsbx.vmm.kvm.SelfTest;
import dev.jsbx.vmm.kvm.SelfTestResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Which engine runs a sandbox; QEMU is installed where it is needed and root may.
 *
 * @param engine {@code kvm} or {@code qemu}
 * @param why one line for the user; empty when it was said before, or when the user chose
 */
public record EngineChoice(String engine, String why) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * Chooses.
     *
     * @param wanted {@code auto}, {@code kvm} or {@code qemu}
     * @param cache directory in which the self-test's result is kept until the host reboots
     * @throws Failure if it is no engine, or one that cannot run here
     */
    public static EngineChoice of(String wanted, Path cache) {
        return switch (wanted) {
            case "qemu" -> {
                needQemu("the engine qemu takes " + QemuEngine.PROGRAM);
                yield new EngineChoice("qemu", "");
            }
            case "kvm" -> kvm(cache);
            case "auto" -> auto(cache);
            default ->
                    throw Failure.usage("there is no engine " + wanted + ": use auto, kvm or qemu");
        };
    }

    private static EngineChoice kvm(Path cache) {
        Verdict verdict = Verdict.of(cache);
        if (!verdict.obstacle.isEmpty()) {
            throw Failure.own(
                    "the engine kvm cannot run here: " + verdict.obstacle + ": use --engine qemu");
        }
        return new EngineChoice("kvm", "");
    }

    private static EngineChoice auto(Path cache) {
        Verdict verdict = Verdict.of(cache);
        if (verdict.obstacle.isEmpty()) {
            return new EngineChoice("kvm", verdict.fresh ? "engine kvm: the self-test passed" : "");
        }
        needQemu(
                "no engine can run here: KVM cannot run Linux ("
                        + verdict.obstacle
                        + "), and "
                        + QemuEngine.PROGRAM
                        + " is not on PATH");
        return new EngineChoice(
                "qemu",
                verdict.fresh ? "engine qemu: KVM cannot run Linux: " + verdict.obstacle : "");
    }

    private static void needQemu(String reason) {
        if (Programs.find(QemuEngine.PROGRAM).isEmpty()) {
            HostPackages.install(List.of(QemuEngine.PACKAGE), reason);
        }
    }

    /** What the self-test said, now or earlier since the host booted. */
    private record Verdict(String obstacle, boolean fresh) {
        static Verdict of(Path cache) {
            Path file = cache.resolve("kvm-self-test");
            String boot = read(BOOT_ID);
            List<String> kept = read(file).lines().toList();
            boolean valid = !boot.isEmpty() && kept.size() == 2 && kept.get(0).equals(boot.strip());
            // A device that went away, or whose permissions changed, shows without a guest.
            if (valid && Files.isWritable(Path.of("/dev/kvm"))) {
                return new Verdict(kept.get(1).equals("usable") ? "" : kept.get(1), false);
            }
            SelfTestResult result = SelfTest.run();
            if (result.conclusive()) {
                keep(file, boot.strip(), result.usable() ? "usable" : result.obstacle());
            }
            return new Verdict(result.obstacle(), true);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                return "";
            }
        }

        private static void keep(Path file, String boot, String result) {
            try {
                Files.createDirectories(file.getParent());
                Path draft = Files.createTempFile(file.getParent(), "kvm-self-test", "");
                Files.writeString(draft, boot + "\n" + result + "\n");
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                // Then the next command runs the test again.
            }
        }
    }
}
