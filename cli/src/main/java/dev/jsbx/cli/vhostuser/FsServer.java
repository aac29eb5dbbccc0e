package dev.jsbx.cli.vhostuser;

import dev.jsbx.cli.Failure;
import dev.jsbx.virtio.fs.BadShareException;
import dev.jsbx.virtio.fs.FsDevice;
import dev.jsbx.virtio.fs.Share;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
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
        DeviceSocket.refuseUnprintable("the shared directory", share.directory());
        DeviceSocket.refuseUnprintable("the socket", socket);
        FsDevice device;
        try {
            device = new FsDevice(tag, MOST_REQUEST_QUEUES, share);
        } catch (BadShareException e) {
            throw Failure.failed(e.getMessage());
        }
        return new FsServer(device, DeviceSocket.listen(socket, device, log));
    }

    @Override
    public void close() {
        server.close();
        device.close();
    }
}
