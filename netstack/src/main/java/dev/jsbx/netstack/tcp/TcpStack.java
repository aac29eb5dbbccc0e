package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.SipHash;
import dev.jsbx.netstack.ip.TupleTable;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Tcp;
import io.netty.buffer.ByteBufAllocator;
import java.security.SecureRandom;
import java.util.List;

/**
 * TCP towards one guest: all its connections, and what they share.
 *
 * <p>A batch of frames goes to {@link #receive} one by one; {@link #settle} then tells the users of
 * all connections that were touched and sends what is due, so that a batch costs one notification
 * and one acknowledgment per connection.
 *
 * <p>All methods are for the stack's event loop only.
 */
public final class TcpStack {
    /** Challenge acknowledgments per second, of all connections together (RFC 5961 §7). */
    private static final int CHALLENGES = 1000;

    private static final long SECOND = 1_000_000;

    private final TcpConfig config;
    private final Clock clock;
    private final TimerQueue timers;
    private final IpOutput ip;
    private final ReceiveBuffers receiveBuffers;
    private final SynHandler synHandler;
    private final MemoryBudget memory;
    private final SegmentWriter writer;
    private final SendPieces pieces = new SendPieces();
    private final SipHash isnHash;
    private final SipHash timestampHash;
    private final TupleTable<TcpConnection> table;
    private final SegmentArrives arrives = new SegmentArrives(this);
    private final Runnable wake;

    private TcpConnection dirtyHead;
    private TcpConnection dirtyTail;
    private int halfOpen;
    private int challenges;
    private long challengesSince;
    private long retransmissions;
    private long ignoredSyns;

    /**
     * @param wake called when something is to be settled outside of a batch; the driver calls
     *     {@link #settle} then
     */
    public TcpStack(
            TcpConfig config,
            Clock clock,
            TimerQueue timers,
            IpOutput ip,
            ByteBufAllocator allocator,
            SecureRandom random,
            SynHandler synHandler,
            Runnable wake) {
        this.config = config;
        this.clock = clock;
        this.timers = timers;
        this.ip = ip;
        receiveBuffers = new ReceiveBuffers(allocator);
        this.synHandler = synHandler;
        this.wake = wake;
        memory = new MemoryBudget(config.memory());
        writer = new SegmentWriter(ip);
        isnHash = new SipHash(random.nextLong(), random.nextLong());
        timestampHash = new SipHash(random.nextLong(), random.nextLong());
        table = new TupleTable<>(new SipHash(random.nextLong(), random.nextLong()));
    }

    // The driver's calls

    /** Takes a segment whose lengths and checksum have been verified. */
    public void receive(Segment s) {
        TcpConnection c =
                table.find(
                        s.localHigh,
                        s.localLow,
                        s.localPort,
                        s.remoteHigh,
                        s.remoteLow,
                        s.remotePort);
        if (c != null) {
            arrives.arrived(c, s);
        } else if (s.has(Tcp.SYN) && !s.has(Tcp.ACK | Tcp.RST | Tcp.FIN)) {
            syn(s);
        } else {
            writer.reset(s);
        }
    }

    /** Tells users what has come, and sends what is due. */
    public void settle() {
        while (dirtyHead != null && !isBlocked()) {
            TcpConnection c = dirtyHead;
            dirtyHead = c.nextDirty;
            if (dirtyHead == null) {
                dirtyTail = null;
            }
            c.nextDirty = null;
            c.dirty = false;
            c.settle();
            if (isBlocked() && c.isWaitingForLink()) {
                dirty(c);
            }
        }
    }

    /** Whether no connection has these addresses and ports. */
    public boolean isFree(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        return table.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)
                == null;
    }

    /**
     * Asks the guest for a connection: for published ports.
     *
     * @throws IllegalStateException if the ports are taken or there is no room
     */
    public TcpConnection connect(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            TcpHandler handler) {
        boolean free = isFree(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        if (!free || !makeRoom()) {
            throw new IllegalStateException("no room for a connection from port " + localPort);
        }
        TcpConnection c =
                new TcpConnection(
                        this,
                        TcpState.SYN_SENT,
                        localHigh,
                        localLow,
                        localPort,
                        remoteHigh,
                        remoteLow,
                        remotePort);
        table.add(c);
        c.open(handler);
        wake.run();
        return c;
    }

    /** All connections, as of now. */
    public List<TcpConnection> connections() {
        return table.snapshot();
    }

    /** Bytes in the buffers of all connections. */
    public long memoryUsed() {
        return memory.used();
    }

    /** How many connections are held or in a handshake. */
    public int halfOpen() {
        return halfOpen;
    }

    /** Segments that were sent again, since the start. */
    public long retransmissions() {
        return retransmissions;
    }

    /** SYNs for which there was no room, since the start. */
    public long ignoredSyns() {
        return ignoredSyns;
    }

    // SYNs of the guest

    private void syn(Segment s) {
        if (s.localPort == 0 || s.remotePort == 0) {
            return;
        }
        if (halfOpen >= config.maxHalfOpen() || !makeRoom()) {
            // Silence: the guest repeats its SYN when there may be room again.
            ignoredSyns++;
            return;
        }
        TcpConnection c =
                new TcpConnection(
                        this,
                        TcpState.SYN_HELD,
                        s.localHigh,
                        s.localLow,
                        s.localPort,
                        s.remoteHigh,
                        s.remoteLow,
                        s.remotePort);
        c.hold(s);
        halfOpen++;
        table.add(c);
        synHandler.syn(c);
    }

    /** The guest took a held SYN back. */
    void withdrawn(TcpConnection c) {
        synHandler.withdrawn(c);
    }

    /** Takes the SYN that replaces a connection in TIME-WAIT. */
    void reopen(TcpConnection old, Segment s) {
        old.end(TcpEnd.FINISHED);
        syn(s);
    }

    private boolean makeRoom() {
        if (table.size() < config.maxConnections()) {
            return true;
        }
        for (TcpConnection c : table.snapshot()) {
            if (c.state() == TcpState.TIME_WAIT) {
                c.end(TcpEnd.FINISHED);
                return true;
            }
        }
        return false;
    }

    // What connections call

    TcpConfig config() {
        return config;
    }

    long now() {
        return clock.micros();
    }

    TimerQueue timers() {
        return timers;
    }

    ReceiveBuffers receiveBuffers() {
        return receiveBuffers;
    }

    MemoryBudget memory() {
        return memory;
    }

    SegmentWriter writer() {
        return writer;
    }

    SendPieces pieces() {
        return pieces;
    }

    boolean isBlocked() {
        return ip.isBlocked();
    }

    void countRetransmission() {
        retransmissions++;
    }

    /** The handshake is over, one way or another. */
    void handshakeOver() {
        halfOpen--;
    }

    /** This connection has something to tell or to send. */
    void dirty(TcpConnection c) {
        if (c.dirty) {
            return;
        }
        c.dirty = true;
        boolean first = dirtyHead == null;
        if (first) {
            dirtyHead = c;
        } else {
            dirtyTail.nextDirty = c;
        }
        dirtyTail = c;
        if (first) {
            wake.run();
        }
    }

    /** Something was sent outside of {@link #settle}. */
    void flushSoon() {
        wake.run();
    }

    void forget(TcpConnection c) {
        table.remove(c);
    }

    /** Whether one more challenge acknowledgment may be sent now. */
    boolean mayChallenge() {
        long now = now();
        if (now - challengesSince >= SECOND) {
            challengesSince = now;
            challenges = 0;
        }
        return challenges++ < CHALLENGES;
    }

    /** RFC 6528 §3: a clock of 4 µs plus a secret function of addresses and ports. */
    int initialSequence(TcpConnection c) {
        return (int) (now() >>> 2) + (int) hash(isnHash, c);
    }

    /** RFC 7323 §5.4: timestamps start at a point of their own per connection. */
    int timestampOffset(TcpConnection c) {
        return (int) hash(timestampHash, c);
    }

    private static long hash(SipHash hash, TcpConnection c) {
        long ports = (long) c.localPort << 16 | c.remotePort;
        return hash.hash(c.localHigh, c.localLow, c.remoteHigh, c.remoteLow, ports);
    }
}
