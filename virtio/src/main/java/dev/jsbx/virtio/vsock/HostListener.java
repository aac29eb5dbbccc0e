package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.device.ListeningSocket;
import dev.jsbx.virtio.device.Timer;
import dev.jsbx.virtio.device.Watch;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Sockets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The socket at which processes of the host ask for connections into the guest. */
final class HostListener implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ListeningSocket socket;
    private final Consumer<Fd> accepted;
    private final Watch watch;
    private final Timer pause;

    /**
     * @param accepted takes each new connection over, on the worker's thread
     */
    HostListener(Path path, Worker worker, Consumer<Fd> accepted) {
        this.accepted = accepted;
        socket = ListeningSocket.open(path, BACKLOG);
        watch = worker.watch(socket.number(), Epoll.EPOLLIN, events -> accept());
        pause = worker.timer(() -> watch(Epoll.EPOLLIN));
    }

    private void watch(int events) {
        watch.events(events);
    }

    private void accept() {
        while (true) {
            long fd = Sockets.accept(socket.number(), true);
            if (fd >= 0) {
                accepted.accept(Fd.owning((int) fd));
            } else if (fd == -Errno.EAGAIN) {
                return;
            } else if (fd != -Errno.EINTR && fd != -Errno.ECONNABORTED) {
                // Out of descriptors: those who wait keep waiting, but nobody spins.
                watch(0);
                pause.set(System.nanoTime() + PAUSE_NANOS);
                return;
            }
        }
    }

    @Override
    public void close() {
        pause.cancel();
        watch.close();
        socket.close();
    }
}
