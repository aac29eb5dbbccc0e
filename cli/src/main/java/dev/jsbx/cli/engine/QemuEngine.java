package dev.jsbx.cli.engine;

import dev.jsbx.cli.Failure;
import dev.jsbx.virtio.balloon.BalloonDevice;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * For hosts without a usable {@code /dev/kvm}: QEMU's TCG executes the instructions, jsbx's devices
 * serve the guest over vhost-user.
 */
final class QemuEngine implements Engine {
    static final String PROGRAM = "qemu-system-x86_64";

    /** The Debian package that it comes in. */
    static final String PACKAGE = "qemu-system-x86";

    @Override
    public Machine start(MachineSpec spec, List<Slot> slots) {
        Path qemu =
                Programs.find(PROGRAM)
                        .orElseThrow(
                                () ->
                                        Failure.own(
                                                "the engine qemu needs "
                                                        + PROGRAM
                                                        + ", which is not on PATH: install"
                                                        + " qemu-system-x86"));
        List<VhostUserServer> servers = new ArrayList<>();
        try {
            for (Slot slot : slots) {
                if (slot.device().type() == BalloonDevice.VIRTIO_ID_BALLOON) {
                    continue; // not for vhost-user: QEMU, which has the memory, brings its own
                }
                servers.add(
                        VhostUserServer.listen(
                                spec.sockets().resolve(slot.id()),
                                slot.device(),
                                line -> System.err.println("jsbx: " + line)));
            }
            return QemuMachine.start(command(qemu, spec, slots), servers);
        } catch (IOException | RuntimeException e) {
            servers.forEach(VhostUserServer::close);
            throw e instanceof Failure failure
                    ? failure
                    : Failure.own("cannot start " + qemu + ": " + e.getMessage(), e);
        }
    }

    private static List<String> command(Path qemu, MachineSpec spec, List<Slot> slots) {
        List<String> command = new ArrayList<>();
        // The kernel kills QEMU when the thread that started it ends, however this process dies.
        Programs.find("setpriv")
                .ifPresent(
                        setpriv ->
                                command.addAll(
                                        List.of(setpriv.toString(), "--pdeathsig", "KILL", "--")));
        command.add(qemu.toString());
        command.addAll(QemuArguments.of(spec, slots));
        return command;
    }
}
