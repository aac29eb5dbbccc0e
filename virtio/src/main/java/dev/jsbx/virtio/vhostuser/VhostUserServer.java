package dev.jsbx.virtio.vhostuser;

import dev.jsbx.virtio.device.ListeningSocket;
import dev.jsbx.virtio.device.Timer;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Watch;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Sockets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Serves a device to a VMM through a Unix socket, until it is closed. One front-end at a time; when
 * it goes away, the device is reset and the next one may connect. Has one thread of its own, for
 * messages only.
 */
public final class VhostUserServer implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final VirtioDevice device;
    private final Consumer<String> log;
    private final ListeningSocket listener;
    private final Worker worker;
    private final Timer patience;
    private final Message message = new Message();
    private final Object lock = new Object();
    private Watch listening;
    private Watch connected;
    private Fd connection;
    private Session session;
    private boolean closing;

    private VhostUserServer(VirtioDevice device, Consumer<String> log, ListeningSocket listener) {
        this.device = device;
        this.log = reason -> log.accept(listener.path().getFileName() + ": " + reason);
        this.listener = listener;
        worker = new Worker("vhost-user-" + device.type(), this::fail);
        patience = worker.timer(this::activate);
        listening = watchListener();
    }

    /**
     * Listens on a path, where a socket that nobody serves any more may be in the way.
     *
     * @param device stays the caller's, to be closed after the server
     * @param log told in one line what went wrong with a front-end or the guest's driver; from any
     *     thread
     * @throws LinuxException if the path cannot be bound
     */
    public static VhostUserServer listen(Path path, VirtioDevice device, Consumer<String> log) {
        VhostUserServer server = new VhostUserServer(device, log, ListeningSocket.open(path, 1));
        server.worker.start();
        return server;
    }

    /** Where it listens. */
    public Path path() {
        return listener.path();
    }

    private Watch watchListener() {
        return worker.watch(listener.number(), Epoll.EPOLLIN, events -> accept());
    }

    private void accept() {
        long fd = Sockets.accept(listener.number(), false);
        if (fd < 0) {
            return;
        }
        Fd accepted = Fd.owning((int) fd);
        synchronized (lock) {
            if (closing) {
                accepted.close();
                return;
            }
            connection = accepted;
        }
        session = new Session(device, accepted.number(), log);
        connected = worker.watch(accepted.number(), Epoll.EPOLLIN, events -> readOne());
        // Others wait in the backlog until this one has gone.
        listening.close();
    }

    private void readOne() {
        try {
            if (!message.read(connection.number())) {
                disconnect();
                return;
            }
            boolean stopping = session.handle(message);
            if (stopping) {
                patience.set(System.nanoTime() + PATIENCE_NANOS);
            } else if (!patience.isSet() && !Sockets.hasInput(connection.number())) {
                session.activate();
            }
        } catch (ProtocolException | LinuxException e) {
            log.accept("closing the connection: " + e.getMessage());
            disconnect();
        }
    }

    private void activate() {
        if (session == null) {
            return;
        }
        try {
            session.activate();
        } catch (ProtocolException e) {
            log.accept("closing the connection: " + e.getMessage());
            disconnect();
        }
    }

    private void fail(Throwable fault) {
        log.accept("internal error: " + fault);
        disconnect();
    }

    private void disconnect() {
        if (session == null) {
            return;
        }
        patience.cancel();
        connected.close();
        message.close();
        Session over = session;
        session = null;
        over.close();
        synchronized (lock) {
            connection.close();
            connection = null;
        }
        listening = watchListener();
    }

    /** Ends the connection, if there is one, resets the device and removes the socket. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closing) {
                return;
            }
            closing = true;
            // The worker may be waiting for the rest of a message.
            if (connection != null) {
                Sockets.shutdown(connection.number(), Sockets.SHUT_RDWR);
            }
        }
        worker.run(this::disconnect);
        worker.close();
        listener.close();
    }
}
