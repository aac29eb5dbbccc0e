package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.device.Timer;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All connections of a device: takes the guest's packets, opens and closes sockets, and knows who
 * has something for the guest. Of the device's thread. {@link GuestBound} sends what is due.
 */
final class Muxer implements AutoCloseable {
    /** The most sockets at a time, in whatever phase. */
    static final int MAX_CONNECTIONS = 1023;

    /** The first port of the host that is given to connections by the host. */
    static final int FIRST_HOST_PORT = 1 << 30;

    private static final int MAX_RESETS = 256;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int EVENTS =
            Epoll.EPOLLIN | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP | Epoll.EPOLLET;

    private final long guestCid;
    private final Path path;
    private final Worker worker;
    private final Runnable wake;
    private final SlotPool slots = new SlotPool(MAX_CONNECTIONS, StreamState.BUF_ALLOC);
    private final PortMap map = new PortMap(MAX_CONNECTIONS);
    private final ResetQueue resets = new ResetQueue(MAX_RESETS, MAX_CONNECTIONS);
    private final ArrayDeque<Connection> turns = new ArrayDeque<>();
    private final ArrayDeque<Connection> deadlines = new ArrayDeque<>();
    private final List<Connection> all = new ArrayList<>();
    private final Timer deadline;
    private final HostListener listener;
    private final Packet packet = new Packet();
    private final MemorySegment scratch = Arena.ofAuto().allocate(32);
    private int nextHostPort = FIRST_HOST_PORT;

    /**
     * @param path where the host connects, and before {@code _port} what the guest connects to
     * @param wake run when something is due for the guest because of the host
     */
    Muxer(long guestCid, Path path, Worker worker, Runnable wake) {
        this.guestCid = guestCid;
        this.path = path;
        this.worker = worker;
        this.wake = wake;
        deadline = worker.timer(this::expire);
        listener = new HostListener(path, worker, this::accept);
    }

    ResetQueue resets() {
        return resets;
    }

    /** Connections with something for the guest, in the order of their turns. */
    ArrayDeque<Connection> turns() {
        return turns;
    }

    int nextHostPort() {
        return nextHostPort;
    }

    /** Goes on with the ports where a snapshot left off, so that none is given out twice. */
    void nextHostPort(int port) {
        nextHostPort = port;
    }

    /** Whether the guest's next packet may be taken, or must wait until the guest took answers. */
    boolean acceptsPackets() {
        return !resets.isFull();
    }

    /** Takes a packet of the guest; one that makes no sense is dropped or answered by RST. */
    void take(ReadableBuffers chain) {
        if (!packet.read(chain) || packet.srcCid != guestCid || packet.dstCid != Packet.HOST_CID) {
            return;
        }
        Connection connection = map.get(packet.dstPort, packet.srcPort);
        if (connection == null) {
            if (packet.op == Op.REQUEST && packet.type == Packet.STREAM) {
                connect();
            } else if (packet.op != Op.RST) {
                resets.add(packet.dstPort, packet.srcPort);
            }
        } else if (packet.type != Packet.STREAM || !takeFor(connection, chain)) {
            kill(connection);
        } else if (connection.phase() == Connection.Phase.OPEN) {
            settle(connection);
        }
    }

    /** Returns whether the connection may live on. */
    private boolean takeFor(Connection connection, ReadableBuffers chain) {
        StreamState state = connection.state();
        state.credit(packet.bufAlloc, packet.fwdCnt);
        switch (packet.op) {
            case Op.RESPONSE -> {
                return state.accepted() && greet(connection);
            }
            case Op.RST -> close(connection);
            case Op.SHUTDOWN -> state.guestShutdown(packet.flags);
            case Op.RW -> {
                if (!state.received(packet.length)) {
                    return false;
                }
                connection.write(chain, Packet.HEADER_SIZE, packet.length);
            }
            case Op.CREDIT_UPDATE -> {}
            case Op.CREDIT_REQUEST -> state.creditRequested();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** After whatever happened to an open connection: passes ends on, and lets it have a turn. */
    private void settle(Connection connection) {
        connection.passEndsOn();
        if (connection.state().guestIsDone()) {
            resets.add(connection.hostPort(), connection.guestPort());
            if (connection.hasFlushed()) {
                close(connection);
            } else {
                map.remove(connection);
                connection.drain();
            }
        } else {
            schedule(connection);
        }
    }

    /** Lets a connection have a turn if there is anything that it could send. */
    void schedule(Connection connection) {
        StreamState state = connection.state();
        boolean tryData = connection.isReadable() && state.mayTrySending();
        if (!connection.queued && (state.due() != 0 || tryData)) {
            connection.queued = true;
            turns.add(connection);
        }
    }

    /** The guest asks for a connection to the host. */
    private void connect() {
        Fd socket = null;
        if (makeRoom()) {
            Path target = Path.of(path + "_" + Integer.toUnsignedString(packet.dstPort));
            try {
                socket = Sockets.connect(target, true);
            } catch (LinuxException | IllegalArgumentException refused) {
                // Nobody listens, or the path is too long to exist: RST says it all.
            }
        }
        if (socket == null) {
            resets.add(packet.dstPort, packet.srcPort);
            return;
        }
        Connection connection = add(socket);
        StreamState state = StreamState.byGuest();
        state.credit(packet.bufAlloc, packet.fwdCnt);
        connection.open(state, packet.dstPort, packet.srcPort);
        map.put(connection);
        schedule(connection);
    }

    /** A process of the host connects; it has yet to say whereto. */
    private void accept(Fd socket) {
        if (!makeRoom()) {
            socket.close();
            return;
        }
        Connection connection = add(socket);
        connection.deadline = System.nanoTime() + DEADLINE_NANOS;
        deadlines.add(connection);
        if (!deadline.isSet()) {
            deadline.set(connection.deadline);
        }
    }

    private Connection add(Fd socket) {
        Connection connection = new Connection(socket, slots);
        ConnectLine line = new ConnectLine();
        connection.watch(
                worker.watch(socket.number(), EVENTS, events -> ready(connection, line, events)));
        all.add(connection);
        return connection;
    }

    /** Whether one more connection may be; of those that only wait for the guest one may go. */
    private boolean makeRoom() {
        if (all.size() < MAX_CONNECTIONS) {
            return true;
        }
        for (Connection connection : all) {
            if (connection.phase() == Connection.Phase.OPEN && connection.state().waitsForGuest()) {
                kill(connection);
                return true;
            }
        }
        return false;
    }

    private void ready(Connection connection, ConnectLine line, int events) {
        connection.ready(events);
        switch (connection.phase()) {
            case HANDSHAKE -> readLine(connection, line);
            case OPEN -> {
                connection.flush();
                settle(connection);
            }
            case DRAINING -> {
                connection.flush();
                if (connection.hasFlushed()) {
                    close(connection);
                }
            }
            case CLOSED -> {}
        }
        wake.run();
    }

    private void readLine(Connection connection, ConnectLine line) {
        boolean more = true;
        while (more) {
            long n = Io.read(connection.socket(), scratch.address(), 1);
            if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
                return;
            }
            if (n <= 0) {
                close(connection);
                return;
            }
            more = line.feed(scratch.get(ValueLayout.JAVA_BYTE, 0));
        }
        if (!line.isComplete()) {
            close(connection);
            return;
        }
        connection.open(StreamState.byHost(), freeHostPort(line.port()), line.port());
        connection.assumeReadable();
        map.put(connection);
        schedule(connection);
    }

    private int freeHostPort(int guestPort) {
        while (map.get(nextHostPort, guestPort) != null) {
            advanceHostPort();
        }
        int port = nextHostPort;
        advanceHostPort();
        return port;
    }

    private void advanceHostPort() {
        nextHostPort = nextHostPort == Integer.MAX_VALUE ? FIRST_HOST_PORT : nextHostPort + 1;
    }

    /** Tells the host's process that the guest has accepted. */
    private boolean greet(Connection connection) {
        byte[] ok = ("OK " + connection.hostPort() + "\n").getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(ok, 0, scratch, ValueLayout.JAVA_BYTE, 0, ok.length);
        return Sockets.send(connection.socket(), scratch.address(), ok.length) == ok.length;
    }

    /** Ends connections by the host that took too long to be established. */
    private void expire() {
        long now = System.nanoTime();
        while (!deadlines.isEmpty() && deadlines.peek().deadline - now <= 0) {
            Connection connection = deadlines.remove();
            boolean unanswered =
                    connection.phase() == Connection.Phase.OPEN
                            && !connection.state().isEstablished();
            if (unanswered) {
                kill(connection);
            } else if (connection.phase() == Connection.Phase.HANDSHAKE) {
                close(connection);
            }
        }
        if (!deadlines.isEmpty()) {
            deadline.set(deadlines.peek().deadline);
        }
        wake.run();
    }

    /** Ends a connection that the guest knows of, or may. */
    private void kill(Connection connection) {
        if (!connection.state().isUnknownToGuest()) {
            resets.add(connection.hostPort(), connection.guestPort());
        }
        close(connection);
    }

    private void close(Connection connection) {
        if (connection.phase() == Connection.Phase.OPEN) {
            map.remove(connection);
        }
        connection.close();
        all.remove(connection);
    }

    /** The guest has forgotten everything: so does the host, except that it keeps listening. */
    void reset() {
        List.copyOf(all).forEach(this::close);
        resets.clear();
        turns.clear();
    }

    @Override
    public void close() {
        reset();
        listener.close();
        slots.close();
    }
}
