package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.wire.Tcp;

/**
 * The sending half of a connection: what may go out, what has gone out, and what comes of it.
 * Sequence variables are those of RFC 9293 §3.3.1; sizes in bytes, times in µs.
 */
final class Sender {
    private final TcpConnection c;
    private final TcpStack stack;
    final SendQueue queue;
    final Scoreboard board = new Scoreboard();
    final RttEstimator rtt;
    final CongestionControl cc = new Cubic();
    final Recovery recovery = new Recovery(cc);
    final SendTimer timer;
    private final AckProcessor acks;

    private int iss;

    /** SND.UNA and SND.NXT. */
    private int una;

    private int nxt;

    /** SND.WND, SND.WL1, SND.WL2, and the largest window ever offered. */
    private int wnd;

    private int wl1;
    private int wl2;
    private int maxWnd;
    private int scale;
    private int mss = 536;
    private boolean finQueued;
    private boolean finSent;
    private boolean cwndLimited;
    private int maxFlight;
    private long lastSentAt;

    Sender(TcpConnection c, TcpStack stack) {
        this.c = c;
        this.stack = stack;
        queue = new SendQueue(stack.pieces());
        rtt = new RttEstimator(stack.config().minRto(), stack.config().maxRto());
        timer = new SendTimer(c, this, stack);
        acks = new AckProcessor(c, this, stack);
    }

    /** Chooses the first sequence number, which the SYN takes. */
    void start(int iss) {
        this.iss = iss;
        una = iss;
        nxt = iss;
    }

    /** The SYN is out. */
    void synSent() {
        nxt = iss + 1;
    }

    /** The SYN has been acknowledged by this segment: data may flow. */
    void synAcknowledged(Segment s) {
        una = iss + 1;
        wnd = s.window << (s.has(Tcp.SYN) ? 0 : scale);
        maxWnd = Math.max(wnd, maxWnd);
        wl1 = s.seq;
        wl2 = s.ack;
    }

    int iss() {
        return iss;
    }

    int una() {
        return una;
    }

    int nxt() {
        return nxt;
    }

    int mss() {
        return mss;
    }

    int window() {
        return wnd;
    }

    /** Payload bytes that were sent at least once. */
    long sent() {
        return una == iss ? 0 : queue.begin() + (nxt - una) - (finSent && nxt != una ? 1 : 0);
    }

    boolean isFinQueued() {
        return finQueued;
    }

    /** Whether everything, the FIN included, has been acknowledged. */
    boolean isFinAcknowledged() {
        return finSent && una == nxt;
    }

    void setScale(int shift) {
        scale = shift;
    }

    /** Payload bytes of a full segment. */
    void setMss(int bytes) {
        mss = bytes;
        cc.setMss(bytes);
    }

    /** No more data will be written: a FIN goes out behind what is queued. */
    void finish() {
        finQueued = true;
    }

    /** Takes an acceptable acknowledgment, una <= ack <= nxt. */
    void acknowledge(Segment s, long now) {
        acks.process(s, now);
    }

    /**
     * RFC 9293 §3.10.7.4, fifth: takes over the window unless the segment is older than the last.
     */
    boolean updateWindow(Segment s) {
        if (!SeqNum.lt(wl1, s.seq) && !(wl1 == s.seq && SeqNum.leq(wl2, s.ack))) {
            return false;
        }
        int before = wnd;
        wnd = s.window << scale;
        maxWnd = Math.max(maxWnd, wnd);
        wl1 = s.seq;
        wl2 = s.ack;
        return wnd != before;
    }

    /** Everything below {@code ack} has arrived; returns the payload bytes among it. */
    int advance(int ack) {
        int bytes = ack - una - (finSent && ack == nxt ? 1 : 0);
        una = ack;
        queue.acknowledge(bytes);
        stack.memory().remove(bytes);
        return bytes;
    }

    /** Whether the congestion window was what held data back since this was last asked. */
    boolean takeCwndLimited() {
        boolean slowStart = cc.cwnd() < cc.ssthresh();
        boolean was = cwndLimited || slowStart && cc.cwnd() < 2 * maxFlight;
        cwndLimited = false;
        maxFlight = board.pipe();
        return was;
    }

    /** How far an acknowledgment may lie back and still be believed (RFC 5961 §5.2). */
    int maxWindow() {
        return maxWnd;
    }

    // Output

    /** Sends as much as windows and link allow. */
    void output() {
        if (!c.state().maySend() || una == iss) {
            return;
        }
        while (!stack.isBlocked() && (resend() || sendNew())) {
            // Each round is one segment.
        }
        timer.schedule();
    }

    private boolean resend() {
        SentSegment s = board.nextToResend();
        if (s == null) {
            return false;
        }
        int pipe = acks.pipe();
        int room = cc.cwnd() - pipe;
        int least = Math.min(s.length(), mss);
        if (room < least && pipe > 0) {
            cwndLimited = true;
            return false;
        }
        int n = Math.min(s.length(), Math.min(stack.writer().maxBurst(c), wholeSegments(room)));
        return resend(s, n);
    }

    /** Sends the first {@code n} bytes of a part again. */
    boolean resend(SentSegment s, int n) {
        if (n < s.length()) {
            board.split(s, s.seq + n);
        }
        long now = stack.now();
        boolean fin = finSent && s.end == nxt;
        int length = s.length() - (fin ? 1 : 0);
        int flags = (length > 0 ? Tcp.PSH : 0) | (fin ? Tcp.FIN : 0);
        long offset = queue.begin() + (s.seq - una);
        if (!stack.writer().data(c, s.seq, offset, length, flags)) {
            return false;
        }
        board.resent(s, now);
        recovery.sent(s.length());
        stack.countRetransmission();
        lastSentAt = now;
        timer.sent(false);
        return true;
    }

    private int wholeSegments(int room) {
        return Math.max(room / mss * mss, mss);
    }

    private int unsent() {
        return finSent ? 0 : (int) (queue.end() - queue.begin()) - (nxt - una);
    }

    /** Whether something waits that has never been sent. */
    boolean hasUnsent() {
        return unsent() > 0 || finQueued && !finSent;
    }

    private boolean sendNew() {
        if (!hasUnsent() || board.count() >= Scoreboard.MAX_PARTS) {
            return false;
        }
        long now = stack.now();
        if (board.isEmpty() && now - lastSentAt > rtt.rto() && lastSentAt != 0) {
            cc.idle();
        }
        int usable = una + wnd - nxt;
        int unsent = unsent();
        if (unsent == 0) {
            return usable > 0 && transmit(0, now);
        }
        int pipe = acks.pipe();
        int room = cc.cwnd() - pipe;
        if (room < Math.min(mss, unsent) && pipe > 0) {
            cwndLimited = true;
            return false;
        }
        int limit = Math.min(usable, Math.max(room, mss));
        int n = Math.min(Math.min(unsent, limit), stack.writer().maxBurst(c));
        if (n < unsent && n > mss) {
            n = n / mss * mss;
        }
        return !isSilly(n, unsent) && transmit(n, now);
    }

    /** The sender's avoidance of silly windows (RFC 9293 §3.8.6.2.1), without Nagle's algorithm. */
    private boolean isSilly(int n, int unsent) {
        return n <= 0 || n < mss && n < unsent && n < maxWnd / 2;
    }

    /** Sends {@code n} new bytes as one segment, the FIN with the last of them. */
    boolean transmit(int n, long now) {
        boolean last = n == unsent();
        boolean fin = last && finQueued && una + wnd - nxt > n;
        int flags = (last && n > 0 ? Tcp.PSH : 0) | (fin ? Tcp.FIN : 0);
        long offset = queue.begin() + (nxt - una);
        if (!stack.writer().data(c, nxt, offset, n, flags)) {
            return false;
        }
        int end = nxt + n + (fin ? 1 : 0);
        board.append(nxt, end, now);
        recovery.sent(n);
        nxt = end;
        finSent |= fin;
        maxFlight = Math.max(maxFlight, board.pipe());
        lastSentAt = now;
        timer.sent(true);
        return true;
    }

    /** A tail loss probe of at most one new segment, whatever the congestion window says. */
    boolean probeNew() {
        int n = Math.min(unsent(), mss);
        return transmit(n, stack.now());
    }

    /** Sends what fits a window too small to be worth it otherwise (RFC 9293 §3.8.6.2.1, (4)). */
    boolean probeSmall(int usable) {
        return transmit(Math.min(unsent(), Math.min(usable, mss)), stack.now());
    }

    /** Whether only the other side's window holds back what waits. */
    boolean isStalledByWindow() {
        return board.isEmpty() && hasUnsent() && c.state().maySend() && una != iss;
    }

    /** Loss detection's timer has come up. */
    void reorderTimeout() {
        acks.reorderTimeout();
        stack.dirty(c);
    }

    /** Forgets all data; called once, at the connection's end. */
    void release() {
        stack.memory().remove(queue.size());
        queue.clear();
        board.clear();
        timer.release();
        acks.release();
    }
}
