package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.ip.Tuple;
import dev.jsbx.netstack.wire.Tcp;
import dev.jsbx.netstack.wire.TcpOptions;
import io.netty.buffer.ByteBuf;

/**
 * One connection with the guest: the transmission control block of RFC 9293 §3.3.1 and its user
 * interface. "Local" is this side, whatever address the guest believes to speak to; "remote" is the
 * guest.
 *
 * <p>All methods are for the stack's event loop only.
 */
public final class TcpConnection extends Tuple {
    final Sender sender;
    final Receiver receiver;

    /** The stack's list of connections to settle. */
    TcpConnection nextDirty;

    boolean dirty;

    // What the SYNs agreed on.
    boolean sackPermitted;
    boolean timestamps;
    boolean windowScaling;
    private int timestampOffset;

    private final TcpStack stack;
    private final LifeTimers life;
    private TcpState state;
    private TcpHandler handler;
    private boolean passive;
    private boolean connected;
    private boolean halfOpen;

    /** Whether the end has been told, and how it is to be told once all has been read. */
    private boolean over;

    private TcpEnd pendingEnd;
    private boolean inputAbandoned;
    private int acknowledgedData;
    private Object attachment;

    TcpConnection(
            TcpStack stack,
            TcpState state,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        super(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        this.stack = stack;
        this.state = state;
        sender = new Sender(this, stack);
        receiver = new Receiver(this, stack);
        life = new LifeTimers(this, stack);
    }

    LifeTimers life() {
        return life;
    }

    boolean isPassive() {
        return passive;
    }

    // Timestamps: a clock of 1 ms, shifted per connection so that it tells nothing of the host.

    int timestampNow() {
        return timestampAt(stack.now());
    }

    int timestampAt(long micros) {
        return (int) (micros / 1000) + timestampOffset;
    }

    // Opening

    /** Takes the SYN of a passive open and holds it. */
    void hold(Segment syn) {
        passive = true;
        halfOpen = true;
        timestampOffset = stack.timestampOffset(this);
        agree(syn.options);
        receiver.synchronize(syn.seq);
        sender.start(stack.initialSequence(this));
    }

    /** Takes over what the other side's SYN offers (RFC 7323 §2, §3; RFC 2018 §2). */
    void agree(TcpOptions o) {
        int peer = o.mss() == 0 ? (isIpv4() ? 536 : 1220) : Math.max(o.mss(), 64);
        sackPermitted = o.sackPermitted();
        timestamps = o.timestamps();
        windowScaling = o.windowScale() >= 0;
        if (windowScaling) {
            sender.setScale(o.windowScale());
        } else {
            receiver.withoutScale();
        }
        if (timestamps) {
            receiver.firstTimestamp(o.tsVal(), stack.now());
        }
        int mss = Math.min(peer, stack.writer().maxMss(isIpv4()));
        sender.setMss(mss - (timestamps ? TcpOptions.TIMESTAMPS_ALIGNED : 0));
    }

    /** Sends the SYN of an active open. */
    void open(TcpHandler user) {
        handler = user;
        timestampOffset = stack.timestampOffset(this);
        sackPermitted = true;
        timestamps = true;
        windowScaling = true;
        sender.start(stack.initialSequence(this));
        sender.synSent();
        life.startHandshake();
        stack.writer().syn(this, false);
    }

    /** Answers a held SYN; {@code user} hears of everything from now on. */
    public void accept(TcpHandler user) {
        requireHeld();
        handler = user;
        enter(TcpState.SYN_RECEIVED);
        sender.synSent();
        life.startHandshake();
        stack.writer().syn(this, true);
        stack.flushSoon();
    }

    /** Answers a held SYN by RST. */
    public void refuse() {
        requireHeld();
        sender.synSent();
        stack.writer().bare(this, 0, Tcp.RST | Tcp.ACK);
        stack.flushSoon();
        ignore();
    }

    /** Forgets a held SYN without an answer. */
    public void ignore() {
        requireHeld();
        over = true;
        vanish();
    }

    /** The guest took its held SYN back. */
    void withdrawn() {
        over = true;
        vanish();
        stack.withdrawn(this);
    }

    private void requireHeld() {
        if (state != TcpState.SYN_HELD) {
            throw new IllegalStateException("no SYN is held in state " + state);
        }
    }

    // The user's calls

    public TcpState state() {
        return state;
    }

    /** The next bytes that came, the caller's to release; null if none wait. */
    public ByteBuf read() {
        ByteBuf next = receiver.read();
        if (pendingEnd != null && receiver.available() == 0) {
            stack.dirty(this);
        }
        return next;
    }

    /** How many bytes {@link #read} would give until null. */
    public int available() {
        return receiver.available();
    }

    /** Whether the other side has finished and everything has been read. */
    public boolean isInputFinished() {
        return receiver.isFinished() && receiver.available() == 0;
    }

    /** How many bytes {@link #write} takes now without exceeding the send buffer. */
    public int writable() {
        if (sender.isFinQueued()
                || !(state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT)) {
            return 0;
        }
        int limit = stack.config().sendBuffer();
        if (stack.memory().isTight()) {
            limit = Math.min(limit, 16384);
        }
        return Math.max(limit - sender.queue.size(), 0);
    }

    /**
     * Queues data; takes over the buffer, whatever its size.
     *
     * @throws IllegalStateException unless {@link #writable} is above 0
     */
    public void write(ByteBuf data) {
        if (writable() == 0) {
            data.release();
            throw new IllegalStateException("cannot write in state " + state);
        }
        stack.memory().add(data.readableBytes());
        sender.queue.append(data);
        stack.dirty(this);
    }

    /** CLOSE of RFC 9293 §3.10.4: a FIN goes out behind what is queued; reading goes on. */
    public void shutdownOutput() {
        if (sender.isFinQueued()) {
            return;
        }
        if (state == TcpState.ESTABLISHED) {
            enter(TcpState.FIN_WAIT_1);
        } else if (state == TcpState.CLOSE_WAIT) {
            enter(TcpState.LAST_ACK);
        } else if (state == TcpState.SYN_RECEIVED) {
            // Queued until the handshake is complete.
            sender.finish();
            return;
        } else {
            abort();
            return;
        }
        sender.finish();
        stack.dirty(this);
    }

    /**
     * Nobody reads any more: what was not read or comes later is answered by RST (RFC 2525 §2.17),
     * else the connection ends in good order. The handler hears nothing more.
     */
    public void close() {
        handler = null;
        if (pendingEnd != null) {
            over = true;
            pendingEnd = null;
            receiver.release();
            return;
        }
        if (receiver.available() > 0) {
            abort();
            return;
        }
        inputAbandoned = true;
        shutdownOutput();
        if (state == TcpState.FIN_WAIT_2) {
            life.startFinWait2();
        }
    }

    /** ABORT of RFC 9293 §3.10.5: RST, and the connection is gone. */
    public void abort() {
        if (state == TcpState.SYN_HELD) {
            ignore();
            return;
        }
        if (state == TcpState.CLOSED) {
            return;
        }
        if (state != TcpState.SYN_SENT && state != TcpState.TIME_WAIT) {
            stack.writer().bare(this, sender.nxt(), Tcp.RST | Tcp.ACK);
            stack.flushSoon();
        }
        end(TcpEnd.ABORTED);
    }

    /** Payload bytes received in order. */
    public long bytesReceived() {
        return receiver.received();
    }

    /** Payload bytes sent, each counted once. */
    public long bytesSent() {
        return sender.sent();
    }

    /** Smoothed round-trip time in µs; 0 before the first measurement. */
    public long smoothedRtt() {
        return sender.rtt.srtt();
    }

    /** What {@link #setAttachment} was given; null at first. */
    public Object attachment() {
        return attachment;
    }

    /** Keeps something of the user's with the connection. */
    public void setAttachment(Object object) {
        attachment = object;
    }

    /** The sequence number of the guest's SYN. */
    public int initialSequenceOfGuest() {
        return receiver.irs();
    }

    // What the state machine calls

    void enter(TcpState next) {
        state = next;
    }

    boolean isInputAbandoned() {
        return inputAbandoned;
    }

    void established() {
        life.stopHandshake();
        enter(TcpState.ESTABLISHED);
        connected = true;
        leaveHalfOpen();
        stack.dirty(this);
        life.startKeepAlive();
        if (sender.isFinQueued()) {
            enter(TcpState.FIN_WAIT_1);
        }
        if (handler != null) {
            handler.connected(this);
        }
    }

    private void leaveHalfOpen() {
        if (halfOpen) {
            halfOpen = false;
            stack.handshakeOver();
        }
    }

    /** Data was acknowledged: the user will hear of it with this batch. */
    void acknowledgedData(int bytes) {
        acknowledgedData += bytes;
    }

    /** Tells the user what this batch has brought, and sends what has come of it. */
    void settle() {
        if (receiver.takeFresh() && handler != null) {
            handler.readable(this);
        }
        if (acknowledgedData > 0) {
            acknowledgedData = 0;
            if (handler != null) {
                handler.writable(this);
            }
        }
        if (pendingEnd != null && receiver.available() == 0) {
            tellPendingEnd();
        }
        sender.output();
        if (receiver.wantsAck() && state.isSynchronized() && !stack.isBlocked()) {
            stack.writer().ack(this);
        }
    }

    /** Whether something would be sent if the link had room. */
    boolean isWaitingForLink() {
        return state.isSynchronized()
                && (receiver.wantsAck() || sender.hasUnsent() || sender.board.toResend() > 0);
    }

    void timedOut() {
        if (connected && state != TcpState.TIME_WAIT) {
            stack.writer().bare(this, sender.nxt(), Tcp.RST | Tcp.ACK);
        }
        end(TcpEnd.TIMED_OUT);
    }

    /** Both directions are done: only the wait for stray segments is left (RFC 9293 §3.6.1). */
    void timeWait() {
        enter(TcpState.TIME_WAIT);
        sender.release();
        life.startTimeWait();
        tellEnd(TcpEnd.FINISHED);
    }

    /** The connection is no more. */
    void end(TcpEnd why) {
        enter(TcpState.CLOSED);
        tellEnd(why);
        vanish();
    }

    /** Tells the user, once everything that came before the end in good order has been read. */
    private void tellEnd(TcpEnd why) {
        if (over || handler == null) {
            return;
        }
        over = true;
        if (why == TcpEnd.FINISHED) {
            pendingEnd = why;
            stack.dirty(this);
        } else {
            handler.closed(this, why);
        }
    }

    private void tellPendingEnd() {
        TcpEnd why = pendingEnd;
        pendingEnd = null;
        TcpHandler user = handler;
        if (state == TcpState.CLOSED) {
            receiver.release();
            handler = null;
        }
        user.closed(this, why);
    }

    private void vanish() {
        enter(TcpState.CLOSED);
        leaveHalfOpen();
        life.release();
        sender.release();
        if (pendingEnd == null) {
            receiver.release();
            handler = null;
        }
        stack.forget(this);
    }

    @Override
    public String toString() {
        return state + " " + localAddress() + " - " + remoteAddress();
    }
}
