package dev.jsbx.cli.engine;

import java.nio.file.Path;

/**
 * A machine to start.
 *
 * @param cpus 1 to {@link Engine#MAX_CPUS}
 * @param emulated processor that QEMU emulates, as its {@code -cpu} takes it; KVM gives the host's
 * @param memory in bytes, a multiple of 2 MiB
 * @param kernel vmlinux, unpacked
 * @param commandLine of the kernel
 * @param console file that takes what the guest writes to its serial port
 * @param sockets directory for the engine's Unix sockets
 */
public record MachineSpec(
        int cpus,
        String emulated,
        long memory,
        Path kernel,
        Path initramfs,
        String commandLine,
        Path console,
        Path sockets) {}
