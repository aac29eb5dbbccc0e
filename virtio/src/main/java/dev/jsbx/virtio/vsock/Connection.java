package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.device.Watch;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.Sockets;

/**
 * A Unix socket and, once there is one, the guest's connection that it carries. The socket is
 * watched edge-triggered, so this remembers what it is ready for until the kernel says otherwise.
 */
final class Connection {
    /** Where a connection is in its life. */
    enum Phase {
        /** The host's process has yet to say which port it wants. */
        HANDSHAKE,
        /** The guest knows of it, or is being told. */
        OPEN,
        /** The guest is done; what it sent is still on its way into the socket. */
        DRAINING,
        CLOSED
    }

    private final Fd socket;
    private final Outbox outbox;
    private Watch watch;
    private Phase phase;
    private StreamState state;
    private int hostPort;
    private int guestPort;
    private boolean readable;
    private boolean writable = true;
    private boolean endSeen;
    private boolean writeEnded;
    private boolean readEnded;

    /** Whether it waits for its turn to send to the guest. */
    boolean queued;

    /** Until when it must be established, as {@link System#nanoTime} counts. */
    long deadline;

    Connection(Fd socket, SlotPool slots) {
        this.socket = socket;
        outbox = new Outbox(slots);
        phase = Phase.HANDSHAKE;
    }

    void watch(Watch by) {
        watch = by;
    }

    /** Gives it its ports and protocol. */
    void open(StreamState protocol, int host, int guest) {
        state = protocol;
        hostPort = host;
        guestPort = guest;
        phase = Phase.OPEN;
    }

    Phase phase() {
        return phase;
    }

    StreamState state() {
        return state;
    }

    int hostPort() {
        return hostPort;
    }

    int guestPort() {
        return guestPort;
    }

    boolean hasPorts(int host, int guest) {
        return hostPort == host && guestPort == guest;
    }

    int socket() {
        return socket.number();
    }

    /** Takes note of what epoll said. */
    void ready(int events) {
        int ended = Epoll.EPOLLRDHUP | Epoll.EPOLLHUP | Epoll.EPOLLERR;
        readable |= (events & (Epoll.EPOLLIN | ended)) != 0;
        endSeen |= (events & ended) != 0;
        writable |= (events & (Epoll.EPOLLOUT | Epoll.EPOLLHUP | Epoll.EPOLLERR)) != 0;
        if ((events & (Epoll.EPOLLHUP | Epoll.EPOLLERR)) != 0 && phase == Phase.OPEN) {
            hostTakesNothing();
        }
    }

    /** Whether there may be something to read. */
    boolean isReadable() {
        return readable;
    }

    /** There may be something to read, although no event said so. */
    void assumeReadable() {
        readable = true;
    }

    /**
     * Reads into the guest's memory.
     *
     * @return bytes read, 0 at the end of the stream or on an error, -EAGAIN if there is nothing
     */
    long read(WritableBuffers to, long offset, long length) {
        int count = to.iovecs(offset, length);
        long n;
        do {
            n = Io.readv(socket.number(), to.iovecAddress(), count);
        } while (n == -Errno.EINTR);
        // Less than asked for means that the socket is empty now, unless its end is behind it.
        if (n < length && !(n > 0 && endSeen)) {
            readable = false;
        }
        return n < 0 && n != -Errno.EAGAIN ? 0 : n;
    }

    /** Takes data of the guest: straight into the socket, or into the outbox while it is full. */
    void write(ReadableBuffers from, long offset, long length) {
        if (state.hostReceivesNothing()) {
            state.forwarded(length);
            return;
        }
        long written = outbox.isEmpty() && writable ? writeNow(from, offset, length) : 0;
        if (written >= 0 && written < length) {
            outbox.add(from, offset + written, (int) (length - written));
        }
    }

    /** Returns the bytes written, or -1 if the host's process is gone. */
    private long writeNow(ReadableBuffers from, long offset, long length) {
        long n = 0;
        if (length > 0) {
            int count = from.iovecs(offset, length);
            n = Io.writev(socket.number(), from.iovecAddress(), count);
        }
        if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
            n = 0;
        }
        if (n < 0) {
            state.forwarded(length);
            hostTakesNothing();
            return -1;
        }
        writable = n == length;
        state.forwarded(n);
        return n;
    }

    /** Goes on with what the socket did not take before. */
    void flush() {
        if (!outbox.isEmpty() && writable) {
            long n = outbox.flush(socket.number());
            if (n < 0 && n != -Errno.EAGAIN) {
                hostTakesNothing();
            } else {
                state.forwarded(Math.max(0, n));
                writable = outbox.isEmpty();
            }
        }
    }

    private void hostTakesNothing() {
        state.hostShutdown(Op.SHUTDOWN_RCV);
        state.forwarded(outbox.discard());
    }

    boolean hasFlushed() {
        return outbox.isEmpty();
    }

    /** Lets the host's process see the ends that the guest has announced. */
    void passEndsOn() {
        if (state.guestHasSentAll() && outbox.isEmpty() && !writeEnded) {
            writeEnded = true;
            Sockets.shutdown(socket.number(), Sockets.SHUT_WR);
        }
        if (state.guestReceivesNothing() && !readEnded) {
            readEnded = true;
            Sockets.shutdown(socket.number(), Sockets.SHUT_RD);
        }
    }

    /** The guest has forgotten it; the outbox is still to be emptied. */
    void drain() {
        phase = Phase.DRAINING;
    }

    /** Closes the socket. */
    void close() {
        phase = Phase.CLOSED;
        watch.close();
        outbox.discard();
        socket.close();
    }
}
