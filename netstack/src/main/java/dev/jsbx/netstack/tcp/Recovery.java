package dev.jsbx.netstack.tcp;

/**
 * Where a sender stands between losing and having repaired (RFC 6582, RFC 6675), with the window
 * during repair by Proportional Rate Reduction (RFC 6937). Sizes in bytes.
 */
final class Recovery {
    /** How the sender stands. */
    enum Phase {
        /** Nothing lost that is known of. */
        OPEN,
        /** Repairing what acknowledgments showed as lost. */
        FAST,
        /** Repairing after a retransmission timeout. */
        TIMEOUT
    }

    private final CongestionControl cc;
    private Phase phase = Phase.OPEN;
    private int point;
    private int flightSize;
    private int delivered;
    private int out;

    Recovery(CongestionControl cc) {
        this.cc = cc;
    }

    Phase phase() {
        return phase;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Everything below this was sent before the loss was seen (RecoveryPoint). */
    int point() {
        return point;
    }

    /** Loss has been detected by acknowledgments. */
    void enterFast(int sndNxt, int inFlight, long now) {
        cc.lost(inFlight, now);
        phase = Phase.FAST;
        point = sndNxt;
        flightSize = Math.max(inFlight, 1);
        delivered = 0;
        out = 0;
    }

    /** The retransmission timeout has passed. */
    void enterTimeout(int sndNxt, int inFlight) {
        cc.timedOut(inFlight, phase != Phase.TIMEOUT);
        phase = Phase.TIMEOUT;
        point = sndNxt;
    }

    /** Whether this acknowledgment ends the repair; the window is set accordingly. */
    boolean leave(int una, long now) {
        if (phase == Phase.OPEN || SeqNum.lt(una, point)) {
            return false;
        }
        if (phase == Phase.FAST) {
            cc.recovered(now);
        }
        phase = Phase.OPEN;
        return true;
    }

    /** Something was sent. */
    void sent(int bytes) {
        out += bytes;
    }

    /**
     * Sets the window for one acknowledgment (RFC 6937 §3.1).
     *
     * @param newly bytes that it showed to have arrived
     * @param safe whether it advanced without showing new losses
     */
    void reduce(int newly, int pipe, int mss, boolean safe) {
        if (phase != Phase.FAST) {
            return;
        }
        delivered += newly;
        int ssthresh = cc.ssthresh();
        long send;
        if (pipe > ssthresh) {
            send = ((long) delivered * ssthresh + flightSize - 1) / flightSize - out;
        } else {
            int limit = safe ? Math.max(delivered - out, newly) + mss : delivered - out;
            send = Math.min(ssthresh - pipe, limit);
        }
        // The first retransmission goes out whatever the window says.
        long least = out == 0 ? mss : 0;
        cc.setCwnd((int) Math.min(pipe + Math.max(send, least), Integer.MAX_VALUE));
    }
}
