package dev.jsbx.virtio.device;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A Unix socket that listens at a path until it is closed, non-blocking. Only the path's owner may
 * connect.
 */
public final class ListeningSocket implements AutoCloseable {
    private final Path path;
    private final Fd fd;

    private ListeningSocket(Path path, Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * Listens. A socket that nobody serves any more, as a killed process leaves it, is replaced.
     *
     * @param backlog connections that may wait to be accepted
     * @throws LinuxException if the path cannot be bound, with EADDRINUSE if somebody serves it
     */
    public static ListeningSocket open(Path path, int backlog) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            removeUnlessServed(path);
        }
        return new ListeningSocket(path, Sockets.listen(path, backlog));
    }

    private static void removeUnlessServed(Path path) {
        boolean socket = !Files.isDirectory(path) && !Files.isRegularFile(path);
        try (Fd probe = Sockets.connect(path, true)) {
            // Somebody answers, and binding will say so.
        } catch (LinuxException nobody) {
            if (socket) {
                delete(path);
            }
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Whoever binds the path next is told the reason.
        }
    }

    /** Where it listens. */
    public Path path() {
        return path;
    }

    /** The descriptor's number. */
    public int number() {
        return fd.number();
    }

    /** Stops listening and removes the path. */
    @Override
    public void close() {
        fd.close();
        delete(path);
    }
}
