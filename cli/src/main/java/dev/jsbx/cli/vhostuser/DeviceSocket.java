package dev.jsbx.cli.vhostuser;

import dev.jsbx.cli.Failure;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where a front-end finds a device. */
final class DeviceSocket {
    private DeviceSocket() {}

    /**
     * Begins to serve a device.
     *
     * @param log told in one line what went wrong with a front-end or its guest, from any thread
     * @throws Failure if the socket cannot be bound; the device is then closed
     */
    static VhostUserServer listen(Path socket, VirtioDevice device, Consumer<String> log) {
        try {
            return VhostUserServer.listen(socket, device, log);
        } catch (LinuxException e) {
            device.close();
            throw unbound(socket, e);
        }
    }

    private static Failure unbound(Path socket, LinuxException e) {
        String next =
                e.errno() != Errno.EADDRINUSE
                        ? "choose another --socket-path"
                        : Files.isRegularFile(socket) || Files.isDirectory(socket)
                                ? "it is no socket: choose another --socket-path"
                                : "somebody serves it: choose another --socket-path";
        return Failure.failed(
                "cannot listen at " + socket + ": " + Errno.text(e.errno()) + ": " + next);
    }

    /** QEMU takes a comma for the end of a path, and log lines end at a newline. */
    static void refuseUnprintable(String what, Path path) {
        String text = path.toString();
        if (text.indexOf(',') >= 0 || text.chars().anyMatch(c -> c < ' ')) {
            String shown = text.replaceAll("\\p{Cntrl}", "?");
            throw Failure.failed(
                    what
                            + " "
                            + shown
                            + " has a comma or a control character in its path: rename it, or bind"
                            + " mount it elsewhere");
        }
    }
}
