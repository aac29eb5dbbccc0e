package dev.jsbx.cli.vhostuser;

import dev.jsbx.cli.Failure;
import dev.jsbx.virtio.fs.BadShareException;
import dev.jsbx.virtio.fs.FsDevice;
import dev.jsbx.virtio.fs.Share;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.LinuxException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A shared directory at a Unix socket. */
public final class FsServer implements AutoCloseable {
    /** The front-end says how many of them it uses. */
    private static final int MOST_REQUEST_QUEUES = 64;

    private final FsDevice device;
    private final VhostUserServer server;

    private FsServer(FsDevice device, VhostUserServer server) {
        this.device = device;
        this.server = server;
    }

    /**
     * Begins to serve.
     *
     * @param log told in one line what went wrong with a front-end or its guest, from any thread
     * @throws Failure if the directory cannot be shared or the socket not be bound; then nothing
     *     has been started
     */
    public static FsServer start(String tag, Path socket, Share share, Consumer<String> log) {
        refuseUnprintable("the shared directory", share.directory());
        refuseUnprintable("the socket", socket);
        FsDevice device;
        try {
            device = new FsDevice(tag, MOST_REQUEST_QUEUES, share);
        } catch (BadShareException e) {
            throw Failure.failed(e.getMessage());
        }
        try {
            return new FsServer(device, VhostUserServer.listen(socket, device, log));
        } catch (LinuxException e) {
            device.close();
            throw unboundSocket(socket, e);
        }
    }

    /** QEMU takes a comma for the end of a path, and log lines end at a newline. */
    private static void refuseUnprintable(String what, Path path) {
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

    private static Failure unboundSocket(Path socket, LinuxException e) {
        String next =
                e.errno() == Errno.EADDRINUSE
                        ? "somebody serves it: choose another --socket-path"
                        : "choose another --socket-path";
        return Failure.failed(
                "cannot listen at " + socket + ": " + Errno.text(e.errno()) + ": " + next);
    }

    @Override
    public void close() {
        server.close();
        device.close();
    }
}
