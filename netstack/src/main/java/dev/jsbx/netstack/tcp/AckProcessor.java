package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.time.Timer;
import dev.jsbx.netstack.wire.Tcp;
import dev.jsbx.netstack.wire.TcpOptions;

/**
 * What an acknowledgment means to a sender: what has arrived, how long it took, what is lost, and
 * how much may be under way from now on.
 */
final class AckProcessor implements Scoreboard.Delivery {
    /** Duplicate acknowledgments that mean loss, to a receiver without SACK (RFC 5681 §3.2). */
    private static final int DUP_THRESH = 3;

    private final TcpConnection c;
    private final Sender sender;
    private final TcpStack stack;
    private final Scoreboard board;
    private final Recovery recovery;
    private final Rack rack;
    private final Timer reorder;

    private long now;
    private int delivered;
    private long sample;
    private Segment segment;

    /** Without SACK: duplicate acknowledgments, and the bytes that they stand for (RFC 6582). */
    private int dupAcks;

    private int dupBytes;

    AckProcessor(TcpConnection c, Sender sender, TcpStack stack) {
        this.c = c;
        this.sender = sender;
        this.stack = stack;
        board = sender.board;
        recovery = sender.recovery;
        rack = new Rack(board, sender.rtt);
        reorder = new Timer(sender::reorderTimeout);
    }

    /** Bytes believed to be under way. */
    int pipe() {
        return Math.max(board.pipe() - dupBytes, 0);
    }

    void process(Segment s, long at) {
        segment = s;
        now = at;
        delivered = 0;
        sample = -1;
        int before = sender.una();
        int flight = sender.nxt() - before;
        boolean duplicate = c.sackPermitted && selective(s);
        boolean advanced = SeqNum.gt(s.ack, before);
        int acked = 0;
        if (advanced) {
            board.acknowledge(s.ack, this);
            acked = sender.advance(s.ack);
            measure(s);
        }
        boolean windowMoved = sender.updateWindow(s);
        sender.timer.answered();
        if (!c.sackPermitted) {
            withoutSack(s, advanced, s.ack - before, windowMoved);
        }
        recover(flight, advanced, acked, duplicate);
        if (advanced) {
            sender.timer.progressed();
            c.acknowledgedData(acked);
        }
        segment = null;
        stack.dirty(c);
    }

    @Override
    public void delivered(SentSegment s) {
        delivered += s.length();
        boolean echoedOld = false;
        if (s.retransmitted) {
            echoedOld =
                    c.timestamps
                            && segment.options.timestamps()
                            && segment.options.tsEcr() - c.timestampAt(s.sentAt) < 0;
        } else {
            // The oldest tells how long it really took (RFC 6298 §3).
            sample = Math.max(sample, now - s.sentAt);
        }
        rack.delivered(s, now, echoedOld);
    }

    private void measure(Segment s) {
        if (sample < 0 && c.timestamps && s.options.timestamps() && s.options.tsEcr() != 0) {
            // Only retransmissions: the echoed timestamp tells which of them (RFC 7323 §4).
            int ms = c.timestampNow() - s.options.tsEcr();
            sample = ms >= 0 && ms < 600_000 ? ms * 1000L : -1;
        }
        if (sample >= 0) {
            sender.rtt.sample(sample, now);
        }
    }

    /** Takes the SACK blocks; returns whether the first reports a duplicate (RFC 2883 §4). */
    private boolean selective(Segment s) {
        TcpOptions o = s.options;
        boolean duplicate = false;
        for (int i = 0; i < o.sackBlocks(); i++) {
            int left = o.sackLeft(i);
            int right = o.sackRight(i);
            if (i == 0 && isDuplicate(s, left, right)) {
                duplicate = true;
                rack.duplicateReported(sender.una(), sender.nxt());
                continue;
            }
            // RFC 2018 §5: only what is under way and above the acknowledgment counts.
            boolean sane =
                    SeqNum.lt(left, right)
                            && SeqNum.gt(left, s.ack)
                            && SeqNum.leq(right, sender.nxt());
            if (sane) {
                board.sack(left, right, this);
            }
        }
        return duplicate;
    }

    private static boolean isDuplicate(Segment s, int left, int right) {
        if (SeqNum.leq(right, s.ack)) {
            return true;
        }
        return s.options.sackBlocks() > 1
                && SeqNum.geq(left, s.options.sackLeft(1))
                && SeqNum.leq(right, s.options.sackRight(1));
    }

    private void withoutSack(Segment s, boolean advanced, int bytes, boolean windowMoved) {
        int mss = sender.mss();
        if (advanced) {
            boolean partial = !recovery.isOpen() && SeqNum.lt(s.ack, recovery.point());
            dupBytes = partial ? Math.max(0, dupBytes - bytes + mss) : 0;
            dupAcks = 0;
            if (partial && recovery.phase() == Recovery.Phase.FAST) {
                loseFirst();
            }
            return;
        }
        boolean dup =
                s.payloadLength == 0
                        && !s.has(Tcp.FIN)
                        && !windowMoved
                        && !board.isEmpty()
                        && s.ack == sender.una();
        if (dup) {
            dupAcks++;
            dupBytes = Math.min(dupBytes + mss, Math.max(board.pipe() - mss, 0));
            delivered += mss;
            if (dupAcks == DUP_THRESH && recovery.isOpen()) {
                loseFirst();
            }
        }
    }

    private void loseFirst() {
        SentSegment first = board.first();
        if (first != null && !first.lost) {
            if (first.length() > sender.mss()) {
                board.split(first, first.seq + sender.mss());
            }
            board.markLost(first);
        }
    }

    private void recover(int flight, boolean advanced, int acked, boolean duplicate) {
        if (recovery.leave(sender.una(), now)) {
            rack.recovered();
            dupAcks = 0;
            dupBytes = 0;
        }
        int lostBefore = board.toResend();
        detect();
        if (sender.timer.probeRepaired(sender.una(), duplicate) && recovery.isOpen()) {
            recovery.enterFast(sender.nxt(), flight, now);
            recovery.leave(sender.nxt(), now);
        }
        if (recovery.isOpen() && board.toResend() > 0) {
            recovery.enterFast(sender.nxt(), flight, now);
        }
        if (recovery.phase() == Recovery.Phase.FAST) {
            boolean safe = advanced && board.toResend() <= lostBefore;
            recovery.reduce(delivered, pipe(), sender.mss(), safe);
        } else if (advanced && acked > 0) {
            boolean limited = sender.takeCwndLimited();
            sender.cc.acked(acked, now, sender.rtt.srtt(), limited);
        }
    }

    private void detect() {
        if (!c.sackPermitted) {
            return;
        }
        long timeout = rack.detectLoss(now, !recovery.isOpen(), sender.mss());
        if (timeout > 0) {
            stack.timers().arm(reorder, now + timeout);
        } else {
            stack.timers().disarm(reorder);
        }
    }

    /** RFC 8985 §6.2 step 5: the reordering window has passed. */
    void reorderTimeout() {
        now = stack.now();
        int flight = sender.nxt() - sender.una();
        detect();
        if (recovery.isOpen() && board.toResend() > 0) {
            recovery.enterFast(sender.nxt(), flight, now);
            recovery.reduce(0, pipe(), sender.mss(), false);
        }
    }

    void release() {
        stack.timers().remove(reorder);
    }
}
