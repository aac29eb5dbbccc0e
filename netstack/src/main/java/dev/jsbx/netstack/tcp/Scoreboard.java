package dev.jsbx.netstack.tcp;

/**
 * What is sent and not acknowledged, in order of sequence numbers, with what is known of each part:
 * the scoreboard of RFC 6675 with the times of sending that RACK (RFC 8985) wants.
 *
 * <pre>
 *   SND.UNA                                             SND.NXT
 *     ├── lost ──┬── sacked ──┬── lost, resent ──┬── … ───┤
 * </pre>
 */
final class Scoreboard {
    /** A guest that acknowledges every second byte must not make the scoreboard endless. */
    static final int MAX_PARTS = 8192;

    /** Told of each part that the receiver turns out to have. */
    interface Delivery {
        void delivered(SentSegment segment);
    }

    private SentSegment first;
    private SentSegment last;
    private SentSegment free;
    private SentSegment resendFrom;
    private int count;
    private int bytes;
    private int sackedBytes;
    private int lostBytes;
    private int resentBytes;

    SentSegment first() {
        return first;
    }

    SentSegment last() {
        return last;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** How many parts there are: what the scoreboard costs. */
    int count() {
        return count;
    }

    int sackedBytes() {
        return sackedBytes;
    }

    /** Believed lost and not yet sent again. */
    int toResend() {
        return lostBytes - resentBytes;
    }

    /** The pipe of RFC 6675 §4: bytes believed to be under way. */
    int pipe() {
        return bytes - sackedBytes - lostBytes + resentBytes;
    }

    /** Adds what has just been sent behind all else. */
    SentSegment append(int seq, int end, long now) {
        SentSegment s = take(seq, end, now);
        s.previous = last;
        if (last == null) {
            first = s;
        } else {
            last.next = s;
        }
        last = s;
        bytes += s.length();
        return s;
    }

    /** Removes what lies below {@code ack}; tells of what had not been known to have arrived. */
    void acknowledge(int ack, Delivery delivery) {
        while (first != null && SeqNum.lt(first.seq, ack)) {
            if (SeqNum.gt(first.end, ack)) {
                split(first, ack);
            }
            SentSegment s = first;
            if (!s.sacked) {
                delivery.delivered(s);
            }
            unmark(s);
            bytes -= s.length();
            first = s.next;
            if (first == null) {
                last = null;
            } else {
                first.previous = null;
            }
            release(s);
        }
    }

    /** Marks what lies within a SACK block; tells of what is new in it. */
    void sack(int left, int right, Delivery delivery) {
        for (SentSegment s = first; s != null && SeqNum.lt(s.seq, right); s = s.next) {
            if (SeqNum.leq(s.end, left) || s.sacked) {
                continue;
            }
            boolean whole = SeqNum.geq(s.seq, left) && SeqNum.leq(s.end, right);
            if (!whole && count >= MAX_PARTS) {
                continue;
            }
            if (SeqNum.lt(s.seq, left)) {
                split(s, left);
                continue;
            }
            if (SeqNum.gt(s.end, right)) {
                split(s, right);
            }
            unmark(s);
            s.sacked = true;
            sackedBytes += s.length();
            delivery.delivered(s);
        }
    }

    /** Believes a part, or its last retransmission, lost. */
    void markLost(SentSegment s) {
        if (s.sacked) {
            return;
        }
        if (s.resent) {
            s.resent = false;
            resentBytes -= s.length();
        }
        if (!s.lost) {
            s.lost = true;
            lostBytes += s.length();
        }
        if (resendFrom == null || SeqNum.lt(s.seq, resendFrom.seq)) {
            resendFrom = s;
        }
    }

    /** Believes everything lost that has not been selectively acknowledged. */
    void markAllLost() {
        for (SentSegment s = first; s != null; s = s.next) {
            markLost(s);
        }
    }

    /** Forgets all selective acknowledgments, as the receiver may do too (RFC 2018 §8). */
    void forgetSacks() {
        for (SentSegment s = first; s != null; s = s.next) {
            if (s.sacked) {
                unmark(s);
            }
        }
    }

    /** The first part that is to be sent again, or null. */
    SentSegment nextToResend() {
        if (toResend() == 0) {
            return null;
        }
        SentSegment s = resendFrom == null ? first : resendFrom;
        while (s != null && (!s.lost || s.resent)) {
            s = s.next;
        }
        resendFrom = s;
        return s;
    }

    /** Notes that a part has been sent again. */
    void resent(SentSegment s, long now) {
        if (s.lost && !s.resent) {
            s.resent = true;
            resentBytes += s.length();
        }
        s.retransmitted = true;
        s.sentAt = now;
    }

    /** Cuts a part in two; {@code s} keeps what lies below {@code at}. */
    void split(SentSegment s, int at) {
        SentSegment tail = take(at, s.end, s.sentAt);
        tail.retransmitted = s.retransmitted;
        tail.sacked = s.sacked;
        tail.lost = s.lost;
        tail.resent = s.resent;
        s.end = at;
        tail.previous = s;
        tail.next = s.next;
        if (s.next == null) {
            last = tail;
        } else {
            s.next.previous = tail;
        }
        s.next = tail;
    }

    /** Forgets everything. */
    void clear() {
        first = null;
        last = null;
        free = null;
        resendFrom = null;
        count = 0;
        bytes = 0;
        sackedBytes = 0;
        lostBytes = 0;
        resentBytes = 0;
    }

    private void unmark(SentSegment s) {
        int n = s.length();
        if (s.sacked) {
            s.sacked = false;
            sackedBytes -= n;
        }
        if (s.resent) {
            s.resent = false;
            resentBytes -= n;
        }
        if (s.lost) {
            s.lost = false;
            lostBytes -= n;
        }
    }

    private SentSegment take(int seq, int end, long now) {
        SentSegment s = free;
        if (s == null) {
            s = new SentSegment();
        } else {
            free = s.next;
        }
        s.seq = seq;
        s.end = end;
        s.sentAt = now;
        s.retransmitted = false;
        s.sacked = false;
        s.lost = false;
        s.resent = false;
        s.previous = null;
        s.next = null;
        count++;
        return s;
    }

    private void release(SentSegment s) {
        if (resendFrom == s) {
            resendFrom = first;
        }
        count--;
        s.previous = null;
        s.next = free;
        free = s;
    }
}
