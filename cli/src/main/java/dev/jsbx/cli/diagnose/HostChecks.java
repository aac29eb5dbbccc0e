package dev.jsbx.cli.diagnose;

import dev.jsbx.cli.engine.Programs;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.Requirements;
import dev.jsbx.image.store.Image;
import dev.jsbx.image.store.Images;
import dev.jsbx.vmm.kvm.SelfTest;
import dev.jsbx.vmm.kvm.SelfTestResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The checks, in the order in which their results matter. */
public final class HostChecks {
    private static final long ENOUGH_ROOM = 4L << 30;
    private static final String QEMU = "qemu-system-x86_64";

    private HostChecks() {}

    /** Looks at everything. */
    public static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        SelfTestResult kvm = SelfTest.run();
        Optional<Path> qemu = Programs.find(QEMU);
        checks.add(engine(kvm.usable(), qemu.isPresent()));
        checks.add(kvm(kvm));
        checks.add(qemu(qemu, kvm.usable()));
        checks.add(java());
        checks.add(images());
        checks.add(tools());
        checks.add(directory("state", Directories.state()));
        checks.add(directory("cache", Directories.cache()));
        checks.add(sandboxes());
        return checks;
    }

    private static Check engine(boolean kvm, boolean qemu) {
        if (kvm) {
            return Check.ok("engine", "kvm");
        }
        return qemu
                ? Check.note(
                        "engine",
                        "qemu, which emulates the CPU",
                        "a host with a usable /dev/kvm runs guests some ten times faster")
                : Check.fail("engine", "none can run here", "install qemu-system-x86");
    }

    private static Check kvm(SelfTestResult result) {
        Check check =
                result.usable()
                        ? Check.ok("KVM", result.verdict())
                        : Check.note("KVM", result.verdict(), kvmHint());
        return check.with(result.figures());
    }

    private static String kvmHint() {
        Path device = Path.of("/dev/kvm");
        if (!Files.exists(device)) {
            return "turn virtualisation on in the firmware, and load kvm_intel or kvm_amd";
        }
        return Files.isWritable(device) && Files.isReadable(device)
                ? "nothing that a setting would change: this host's KVM is not hardware's"
                : "add yourself to the group kvm, and log in again";
    }

    private static Check qemu(Optional<Path> qemu, boolean kvm) {
        if (qemu.isEmpty()) {
            return kvm
                    ? Check.ok("QEMU", "not installed, and not needed")
                    : Check.fail("QEMU", QEMU + " is not on PATH", "install qemu-system-x86");
        }
        String version = firstLine(qemu.get().toString(), "--version");
        return Programs.find("setpriv").isPresent()
                ? Check.ok("QEMU", version)
                : Check.note(
                        "QEMU",
                        version + "; setpriv is not on PATH, so a killed VMM leaves QEMU behind",
                        "install util-linux");
    }

    private static Check java() {
        String aot = System.getProperty("jsbx.lib");
        boolean cached = aot != null && Files.exists(Path.of(aot, "vmm.aot"));
        String version = System.getProperty("java.vm.name") + " " + Runtime.version();
        return cached
                ? Check.ok("Java", version + ", with AOT caches")
                : Check.note("Java", version + ", without AOT caches", "start jsbx by ./jsbx");
    }

    private static Check images() {
        try {
            List<String> lines = new ArrayList<>();
            Images images = new Images(Directories.cache());
            for (Image image : images.list()) {
                lines.add(image.name() + ": Linux " + image.release());
            }
            return lines.isEmpty()
                    ? Check.note("images", "none yet", "the first run builds one")
                    : Check.ok("images", lines.size() + " built").with(lines);
        } catch (ImageException | IOException e) {
            return Check.fail("images", e.getMessage(), "jsbx image build --force");
        }
    }

    private static Check tools() {
        List<String> missing = Requirements.missing();
        return missing.isEmpty()
                ? Check.ok("building images", "every tool is there")
                : Check.note(
                        "building images",
                        "packages are missing",
                        "install " + String.join(" ", missing));
    }

    private static Check directory(String what, Path directory) {
        Path existing = directory;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            long room = Files.getFileStore(existing).getUsableSpace();
            String found = directory + ", " + (room >> 20) + " MiB free";
            if (!Files.isWritable(existing)) {
                return Check.fail(what, existing + " is not writable", "check its owner");
            }
            return room < ENOUGH_ROOM
                    ? Check.note(what, found, "images and disks take some GiB: make room")
                    : Check.ok(what, found);
        } catch (IOException e) {
            return Check.fail(what, directory + ": " + e.getMessage(), "check the file system");
        }
    }

    private static Check sandboxes() {
        List<Sandbox> all = SandboxStore.open().list();
        long running = all.stream().filter(Sandbox::isRunning).count();
        return Check.ok("sandboxes", all.size() + ", of which " + running + " running");
    }

    private static String firstLine(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}
