package dev.jsbx.netstack.tcp;

/**
 * Detects loss by time (RACK, RFC 8985 §6): what was sent well before something that has arrived is
 * lost. All times in µs.
 */
final class Rack {
    /** As many segments out of order mean loss at once (RFC 5681). */
    private static final int DUP_THRESH = 3;

    /** Recoveries after which a larger reordering window is given up (RFC 8985 §6.2 step 4). */
    private static final int REO_WND_PERSIST = 16;

    private final Scoreboard board;
    private final RttEstimator rtt;
    private long xmitTime;
    private int endSeq;
    private long roundTrip;
    private boolean any;
    private int fack;
    private boolean reorderingSeen;
    private int reoWndMult = 1;
    private int reoWndPersist = REO_WND_PERSIST;
    private int dsackRound;
    private boolean dsackRoundOpen;

    Rack(Scoreboard board, RttEstimator rtt) {
        this.board = board;
        this.rtt = rtt;
    }

    /**
     * Something has arrived (§6.2 steps 1 to 3).
     *
     * @param echoedOld whether a timestamp says that this acknowledges an earlier sending
     */
    void delivered(SentSegment s, long now, boolean echoedOld) {
        long trip = now - s.sentAt;
        if (s.retransmitted && (echoedOld || trip < rtt.minRtt())) {
            return;
        }
        if (!any || sentAfter(s.sentAt, s.end, xmitTime, endSeq)) {
            xmitTime = s.sentAt;
            endSeq = s.end;
            roundTrip = trip;
        }
        if (!any || SeqNum.gt(s.end, fack)) {
            fack = s.end;
        } else if (SeqNum.lt(s.end, fack) && !s.retransmitted) {
            reorderingSeen = true;
        }
        any = true;
    }

    private static boolean sentAfter(long time, int end, long otherTime, int otherEnd) {
        return time > otherTime || time == otherTime && SeqNum.gt(end, otherEnd);
    }

    /** The receiver reported a duplicate (§6.2 step 4): the window has been too small. */
    void duplicateReported(int una, int sndNxt) {
        if (!dsackRoundOpen || SeqNum.geq(una, dsackRound)) {
            reoWndMult = Math.min(reoWndMult + 1, 64);
            reoWndPersist = REO_WND_PERSIST;
            dsackRound = sndNxt;
            dsackRoundOpen = true;
        }
    }

    /** Recovery is over without a duplicate. */
    void recovered() {
        if (--reoWndPersist <= 0) {
            reoWndMult = 1;
            reoWndPersist = REO_WND_PERSIST;
        }
    }

    private long reorderingWindow(boolean inRecovery, int mss) {
        if (!reorderingSeen && (inRecovery || board.sackedBytes() > (DUP_THRESH - 1) * mss)) {
            return 0;
        }
        return Math.min(reoWndMult * rtt.minRtt() / 4, rtt.srtt());
    }

    /**
     * Marks what is lost (§6.2 step 5).
     *
     * @return µs until more may have to be marked; 0 for never
     */
    long detectLoss(long now, boolean inRecovery, int mss) {
        if (!any) {
            return 0;
        }
        long window = reorderingWindow(inRecovery, mss);
        long timeout = 0;
        for (SentSegment s = board.first(); s != null; s = s.next) {
            if (!sentAfter(xmitTime, endSeq, s.sentAt, s.end)) {
                if (!s.retransmitted) {
                    // What follows was sent later still.
                    break;
                }
                continue;
            }
            if (s.sacked || s.lost && !s.resent) {
                continue;
            }
            long remaining = s.sentAt + roundTrip + window - now;
            if (remaining <= 0) {
                board.markLost(s);
            } else {
                timeout = Math.max(timeout, remaining);
            }
        }
        return timeout;
    }
}
