package dev.jsbx.virtio.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What a test's guest consists of; {@link #boot} starts it. */
public final class GuestConfig {
    private static final String INIT =
            """
            #!/bin/busybox sh
            /bin/busybox mkdir -p /proc /sys /dev /tmp /mnt /run
            /bin/busybox --install -s /bin
            export PATH=/bin:/usr/bin:/usr/sbin:/sbin HOME=/
            mount -t proc proc /proc
            mount -t sysfs sys /sys
            mount -t devtmpfs dev /dev
            mount -t tmpfs tmp /tmp
            ip link set lo up
            for module in $(cat /modules/order); do insmod /modules/$module.ko; done
            sh /script
            echo "%s $?"
            reboot -f
            """;

    private static final List<String> MODULES =
            List.of("virtio_mmio", "virtio_blk", "virtio_rng", "vmw_vsock_virtio_transport");

    private final Initramfs root = new Initramfs();
    private final List<String> devices = new ArrayList<>();
    private final Set<String> modules = new LinkedHashSet<>(MODULES);
    private int memoryMib = 256;
    private int cpus = 2;
    private int channels;
    private boolean rebooting;
    private String script = "true";

    /** A guest with 256 MiB, two CPUs and no devices. */
    public GuestConfig() {
        Assumptions.assumeTrue(
                Shell.find("qemu-system-x86_64").isPresent()
                        && Shell.find("apt-get").isPresent()
                        && Shell.find("busybox").isPresent(),
                "needs qemu-system-x86, busybox-static and apt");
    }

    public GuestConfig memoryMib(int mib) {
        memoryMib = mib;
        return this;
    }

    public GuestConfig cpus(int count) {
        cpus = count;
        return this;
    }

    /** A further module of the kernel; those it needs come by themselves. */
    public GuestConfig module(String name) {
        modules.add(name);
        return this;
    }

    /** A program of the host with its libraries, at the same path. */
    public GuestConfig program(String name) {
        Path file = Shell.find(name).orElse(null);
        Assumptions.assumeTrue(file != null, "needs " + name);
        root.program(file);
        return this;
    }

    /** A program that the test has made. */
    public GuestConfig executable(String path, Path file) {
        try {
            root.executable(path, Files.readAllBytes(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file in the guest's root. */
    public GuestConfig file(String path, byte[] bytes) {
        root.file(path, bytes);
        return this;
    }

    /**
     * A device served at a Unix socket.
     *
     * @param device QEMU's name for it, such as {@code vhost-user-fs-device}
     * @param properties of the device, such as {@code tag=ws}
     */
    public GuestConfig vhostUser(String device, Path socket, String... properties) {
        String id = "c" + channels++;
        String more = properties.length == 0 ? "" : "," + String.join(",", properties);
        return arguments(
                "-chardev",
                "socket,id=" + id + ",path=" + socket,
                "-device",
                device + ",chardev=" + id + more);
    }

    /** The same for a device that QEMU connects again when the server comes back. */
    public GuestConfig reconnecting(String device, Path socket, String... properties) {
        String id = "c" + channels++;
        String more = properties.length == 0 ? "" : "," + String.join(",", properties);
        return arguments(
                "-chardev",
                "socket,id=" + id + ",reconnect=1,path=" + socket,
                "-device",
                device + ",chardev=" + id + more);
    }

    /** Further arguments for QEMU. */
    public GuestConfig arguments(String... arguments) {
        devices.addAll(List.of(arguments));
        return this;
    }

    /** A guest that may reset itself; otherwise QEMU ends when it does. */
    public GuestConfig rebooting() {
        rebooting = true;
        return this;
    }

    /** What runs in the guest, under busybox's sh; its exit status is {@link QemuGuest}'s. */
    public GuestConfig script(String lines) {
        script = lines;
        return this;
    }

    /** Starts the guest. */
    public QemuGuest boot() {
        GuestKernel kernel = GuestKernel.get();
        root.executable("bin/busybox", bytesOf(Shell.find("busybox").orElseThrow()));
        root.executable(
                "init", INIT.formatted(QemuGuest.EXIT_MARK).getBytes(StandardCharsets.UTF_8));
        root.file("script", script.getBytes(StandardCharsets.UTF_8));
        addModules(kernel);
        try {
            Path initrd = Files.createTempFile("jsbx-initramfs", ".cpio");
            Files.write(initrd, root.toBytes());
            return QemuGuest.start(command(kernel, initrd), initrd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytesOf(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addModules(GuestKernel kernel) {
        Set<String> order = new LinkedHashSet<>();
        for (String module : modules) {
            addModule(kernel, module, order);
        }
        root.file("modules/order", String.join("\n", order).getBytes(StandardCharsets.UTF_8));
    }

    private void addModule(GuestKernel kernel, String name, Set<String> order) {
        byte[] bytes = kernel.module(name);
        if (bytes.length == 0 || order.contains(name)) {
            return;
        }
        for (String needed : GuestKernel.dependencies(bytes)) {
            addModule(kernel, needed, order);
        }
        order.add(name);
        root.file("modules/" + name + ".ko", bytes);
    }

    private List<String> command(GuestKernel kernel, Path initrd) {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        Shell.find("qemu-system-x86_64").orElseThrow().toString(),
                        "-M",
                        "microvm,x-option-roms=off,isa-serial=on,memory-backend=m",
                        "-global",
                        "virtio-mmio.force-legacy=false",
                        "-object",
                        "memory-backend-memfd,id=m,share=on,size=" + memoryMib + "M",
                        "-m",
                        String.valueOf(memoryMib),
                        "-accel",
                        "tcg,thread=multi",
                        "-cpu",
                        "max",
                        "-smp",
                        String.valueOf(cpus),
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-serial",
                        "stdio",
                        "-kernel",
                        kernel.vmlinux().toString(),
                        "-initrd",
                        initrd.toString(),
                        "-append",
                        "console=ttyS0 quiet reboot=t panic=-1 tsc_early_khz=" + tscKhz()));
        if (!rebooting) {
            command.add("-no-reboot");
        }
        command.addAll(devices);
        return command;
    }

    /**
     * How fast the time-stamp counter runs, which TCG passes on. microvm with ACPI has no other
     * clock, and on a busy host the guest's own measurement fails, after which it waits for ever.
     */
    private static long tscKhz() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            String line = lines.filter(l -> l.startsWith("cpu MHz")).findFirst().orElseThrow();
            return Math.round(Double.parseDouble(line.substring(line.indexOf(':') + 1)) * 1000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
