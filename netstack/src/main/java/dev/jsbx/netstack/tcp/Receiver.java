package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.time.Timer;
import dev.jsbx.netstack.wire.Tcp;
import io.netty.buffer.ByteBuf;

/**
 * The receiving half of a connection: what may come (the window), what has come, and when to say
 * so. Sequence variables are those of RFC 9293 §3.3.1.
 */
final class Receiver {
    /** Segments that may be acknowledged together (RFC 9293 §3.8.6.3). */
    private static final int ACK_EVERY = 2;

    /** Window of a connection while memory is tight, in bytes. */
    private static final int TIGHT_WINDOW = 16384;

    /** A window above this keeps any sender busy until it is acknowledged, in bytes. */
    private static final int NARROW = 32768;

    private final TcpConnection c;
    private final TcpStack stack;
    private final ReceiveQueue ready;
    private final Reassembly ahead;
    final SackBlocks sackBlocks = new SackBlocks();
    private final Timer delayedAck;
    private final int limit;
    private int scale;

    private int irs;

    /** RCV.NXT. */
    private int nxt;

    /** The right edge of the window as last advertised. */
    private int edge;

    private boolean finKnown;
    private int finSeq;
    private boolean finReceived;
    private boolean ackNow;
    private int unacknowledged;
    private int lastAckSent;
    private int tsRecent;
    private long tsRecentAt;
    private long received;
    private boolean fresh;

    Receiver(TcpConnection c, TcpStack stack) {
        this.c = c;
        this.stack = stack;
        ready = new ReceiveQueue(stack.receiveBuffers());
        ahead = new Reassembly(stack.receiveBuffers().allocator());
        limit = stack.config().receiveBuffer();
        scale = stack.config().windowScale();
        delayedAck = new Timer(() -> ackNow());
    }

    /** The other side's SYN has told where its sequence numbers start. */
    void synchronize(int irs) {
        this.irs = irs;
        nxt = irs + 1;
        edge = nxt + synWindow();
        lastAckSent = nxt;
    }

    int nxt() {
        return nxt;
    }

    int irs() {
        return irs;
    }

    int scale() {
        return scale;
    }

    /** The other side does not scale windows. */
    void withoutScale() {
        scale = 0;
    }

    /** Bytes received in order since the start. */
    long received() {
        return received;
    }

    /** Bytes that wait to be read. */
    int available() {
        return ready.bytes();
    }

    /** Whether the FIN has come and all data before it. */
    boolean isFinished() {
        return finReceived;
    }

    /** Whether data came since the reader was last told. */
    boolean takeFresh() {
        boolean was = fresh;
        fresh = false;
        return was;
    }

    // Timestamps (RFC 7323)

    int tsRecent() {
        return tsRecent;
    }

    /** Takes over a timestamp to be echoed, if the segment is one to be echoed (§4.3). */
    void timestamp(Segment s, long now) {
        int ts = s.options.tsVal();
        if (SeqNum.leq(s.seq, lastAckSent) && SeqNum.geq(ts, tsRecent)) {
            tsRecent = ts;
            tsRecentAt = now;
        }
    }

    /** The first timestamp of the other side. */
    void firstTimestamp(int ts, long now) {
        tsRecent = ts;
        tsRecentAt = now;
    }

    /** Whether PAWS (§5) calls this an old duplicate. */
    boolean isOldDuplicate(Segment s, long now) {
        // A clock of 1 ms turns over the sign in 24.8 days: after that long TS.Recent says nothing.
        boolean stale = now - tsRecentAt > 24L * 24 * 3600 * 1_000_000;
        return SeqNum.lt(s.options.tsVal(), tsRecent) && !stale;
    }

    // Window

    /** What is advertised in a SYN, in bytes. */
    int synWindow() {
        return Math.min(limit, 65535);
    }

    /** What RCV.WND is, in bytes: data beyond is not acceptable. */
    int window() {
        return Math.max(edge - nxt, 0);
    }

    /** The window field of the next segment. The right edge never moves left. */
    int windowField() {
        int current = window();
        int offered = offer();
        if (offered - current < silly()) {
            offered = current;
        }
        // Rounding up keeps the edge where it was promised to be.
        int field = (offered + (1 << scale) - 1) >>> scale;
        return Math.min(field, 65535);
    }

    private int offer() {
        return Math.max(cap() - ready.bytes(), 0);
    }

    private int cap() {
        int most = Math.min(limit, 65535 << scale);
        return stack.memory().isTight() ? Math.min(most, TIGHT_WINDOW) : most;
    }

    /** By less than this the window does not open (RFC 9293 §3.8.6.2.2). */
    private int silly() {
        return Math.min(limit / 2, c.sender.mss());
    }

    /** A segment with this window field has been sent. */
    void acknowledged(int field) {
        edge = nxt + (field << scale);
        lastAckSent = nxt;
        unacknowledged = 0;
        ackNow = false;
        sackBlocks.reported();
        stack.timers().disarm(delayedAck);
    }

    /** RFC 9293 §3.10.7.4, first: whether a segment touches the window. */
    boolean isAcceptable(Segment s) {
        int length = s.sequenceLength();
        int window = window();
        if (length == 0) {
            return window == 0 ? s.seq == nxt : SeqNum.within(s.seq, nxt, window);
        }
        return window > 0
                && (SeqNum.within(s.seq, nxt, window)
                        || SeqNum.within(s.seq + length - 1, nxt, window));
    }

    // Acknowledgments

    /** An acknowledgment is to go out with this batch. */
    void ackNow() {
        ackNow = true;
        stack.dirty(c);
    }

    boolean wantsAck() {
        return ackNow;
    }

    // Data

    /**
     * Takes the payload of an acceptable segment and its FIN. Called in states that may receive.
     */
    void text(Segment s) {
        trim(s);
        if (s.payloadLength > 0) {
            if (s.seq == nxt) {
                inOrder(s);
            } else {
                outOfOrder(s);
            }
        }
        if (s.has(Tcp.FIN) && !finKnown) {
            finKnown = true;
            finSeq = s.seq + s.payloadLength;
        }
        if (finKnown && !finReceived && nxt == finSeq) {
            finReceived = true;
            nxt++;
            fresh = true;
            stack.dirty(c);
            acknowledgeFin();
        } else if (finKnown && !finReceived && s.has(Tcp.FIN)) {
            ackNow();
        }
    }

    private void trim(Segment s) {
        int old = nxt - s.seq;
        if (old > 0) {
            int end = s.seq + s.payloadLength;
            if (s.payloadLength > 0) {
                sackBlocks.duplicate(s.seq, SeqNum.min(end, nxt));
                ackNow();
            }
            s.trimLeft(old);
        }
        // Nothing counts behind the window, nor behind a FIN.
        int stop = finKnown ? SeqNum.min(edge, finSeq) : edge;
        int beyond = s.seq + s.payloadLength - stop;
        if (beyond > 0) {
            s.trimRight(beyond);
            ackNow();
        }
    }

    private void inOrder(Segment s) {
        ready.append(s.frame, s.payloadAt, s.payloadLength);
        advance(s.payloadLength);
        stack.memory().add(s.payloadLength);
        if (!ahead.isEmpty()) {
            drain();
            ackNow();
            return;
        }
        acknowledgeSoon(s.wireSegments());
    }

    /** RFC 9293 §3.8.6.3: with the next segment that goes out, but before long. */
    private void acknowledgeSoon(int segments) {
        unacknowledged += segments;
        if (unacknowledged >= ACK_EVERY) {
            ackNow();
        } else if (!delayedAck.isArmed()) {
            stack.timers().arm(delayedAck, stack.now() + stack.config().delayedAck());
        }
    }

    /** Most often the host ends its side, too: then one segment tells both. */
    private void acknowledgeFin() {
        if (c.state() == TcpState.ESTABLISHED) {
            acknowledgeSoon(1);
        } else {
            ackNow(); // nothing else will be sent
        }
    }

    private void advance(int bytes) {
        nxt += bytes;
        received += bytes;
        fresh = true;
        stack.dirty(c);
    }

    private void drain() {
        int held = ahead.bytes();
        int before = ready.bytes();
        for (ByteBuf b = ahead.poll(nxt); b != null; b = ahead.poll(nxt)) {
            int n = b.readableBytes();
            ready.append(b);
            advance(n);
        }
        // What had come twice by now is gone.
        stack.memory().remove(held - ahead.bytes() - (ready.bytes() - before));
        sackBlocks.advance(nxt);
    }

    private void outOfOrder(Segment s) {
        // RFC 9293 §3.10.7.4, eighth, and RFC 5681 §4.2: a gap is reported at once.
        ackNow();
        if (stack.memory().isExhausted()) {
            return;
        }
        int held = ahead.bytes();
        boolean kept = ahead.insert(s.frame, s.payloadAt, s.seq, s.payloadLength);
        stack.memory().add(ahead.bytes() - held);
        if (kept) {
            sackBlocks.changed(ahead.leftOf(s.seq), ahead.rightOf(s.seq));
        } else {
            sackBlocks.duplicate(s.seq, s.seq + s.payloadLength);
        }
    }

    /** The next bytes for the reader, its to release; null if there are none. */
    ByteBuf read() {
        ByteBuf next = ready.poll();
        if (next != null) {
            stack.memory().remove(next.readableBytes());
            if (isWorthTelling()) {
                ackNow();
            }
        }
        return next;
    }

    /**
     * Whether reading has opened a window that was all but closed far enough to say so unasked (RFC
     * 9293 §3.8.6.2.2). A wide window is told of by the acknowledgments of the data in it.
     */
    private boolean isWorthTelling() {
        int narrow = Math.min(cap() / 2, Math.max(NARROW, 2 * c.sender.mss()));
        return window() < narrow
                && offer() - window() >= Math.max(silly(), cap() / 2)
                && c.state().mayReceive();
    }

    /** Forgets all data; called once, at the connection's end. */
    void release() {
        stack.memory().remove((long) ready.bytes() + ahead.bytes());
        ready.clear();
        ahead.clear();
        stack.timers().remove(delayedAck);
    }
}
