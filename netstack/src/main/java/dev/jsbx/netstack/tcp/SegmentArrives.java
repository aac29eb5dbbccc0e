package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.wire.Tcp;

/**
 * "SEGMENT ARRIVES" of RFC 9293 §3.10.7, in its order of checks, with those of RFC 5961 (blind
 * attacks) and RFC 7323 (timestamps). The urgent pointer is never looked at.
 */
final class SegmentArrives {
    private final TcpStack stack;

    SegmentArrives(TcpStack stack) {
        this.stack = stack;
    }

    /** A segment for this connection has come. */
    void arrived(TcpConnection c, Segment s) {
        switch (c.state()) {
            case SYN_HELD -> held(c, s);
            case SYN_SENT -> synSent(c, s);
            default -> otherwise(c, s);
        }
    }

    /** Nothing has been sent yet, so only a withdrawal means anything; repeats are ignored. */
    private static void held(TcpConnection c, Segment s) {
        if (s.has(Tcp.RST) && s.seq == c.receiver.nxt()) {
            c.withdrawn();
        }
    }

    // §3.10.7.3

    private void synSent(TcpConnection c, Segment s) {
        Sender sender = c.sender;
        boolean acked = s.has(Tcp.ACK);
        if (acked && s.ack != sender.nxt()) {
            stack.writer().reset(s);
            return;
        }
        if (s.has(Tcp.RST)) {
            if (acked) {
                c.end(TcpEnd.REFUSED);
            }
            return;
        }
        if (!s.has(Tcp.SYN)) {
            return;
        }
        c.receiver.synchronize(s.seq);
        c.agree(s.options);
        if (acked) {
            sender.synAcknowledged(s);
            c.established();
            c.receiver.ackNow();
            dataOfSyn(c, s);
        } else {
            // Simultaneous open (§3.5, figure 8).
            c.enter(TcpState.SYN_RECEIVED);
            stack.writer().syn(c, true);
        }
    }

    private static void dataOfSyn(TcpConnection c, Segment s) {
        s.trimLeft(1);
        if (s.payloadLength > 0 || s.has(Tcp.FIN)) {
            textAndFin(c, s);
        }
    }

    // §3.10.7.4

    private void otherwise(TcpConnection c, Segment s) {
        long now = stack.now();
        if (s.has(Tcp.SYN) && c.state() == TcpState.TIME_WAIT && isNewIncarnation(c, s)) {
            stack.reopen(c, s);
            return;
        }
        if (!passesTimestamps(c, s, now)) {
            return;
        }
        // First: the sequence number.
        if (!c.receiver.isAcceptable(s)) {
            unacceptable(c, s);
            return;
        }
        c.life().heard(now);
        if (c.timestamps && s.options.timestamps()) {
            c.receiver.timestamp(s, now);
        }
        // Second: RST. (Third, security, is of the past.)
        if (s.has(Tcp.RST)) {
            reset(c, s);
            return;
        }
        // Fourth: SYN.
        if (s.has(Tcp.SYN)) {
            challenge(c);
            return;
        }
        // Fifth: ACK.
        if (!s.has(Tcp.ACK) || !acknowledgment(c, s, now)) {
            return;
        }
        // Sixth, the urgent pointer, is ignored. Seventh: text. Eighth: FIN.
        if (s.payloadLength > 0 || s.has(Tcp.FIN)) {
            textAndFin(c, s);
        }
    }

    /** RFC 7323 §5.3 R1, and §3.2 for segments that lack the option. */
    private boolean passesTimestamps(TcpConnection c, Segment s, long now) {
        if (!c.timestamps || s.has(Tcp.RST) || s.has(Tcp.SYN)) {
            return true;
        }
        if (!s.options.timestamps()) {
            return false;
        }
        if (c.receiver.isOldDuplicate(s, now)) {
            c.receiver.ackNow();
            return false;
        }
        return true;
    }

    private void unacceptable(TcpConnection c, Segment s) {
        if (s.has(Tcp.RST)) {
            return;
        }
        if (s.has(Tcp.SYN)) {
            synOutsideWindow(c, s);
            return;
        }
        if (c.life().isWaiting()) {
            c.life().startTimeWait();
        }
        if (s.sequenceLength() > 0) {
            int end = s.seq + s.sequenceLength();
            if (SeqNum.leq(end, c.receiver.nxt()) && s.payloadLength > 0) {
                c.receiver.sackBlocks.duplicate(s.seq, s.seq + s.payloadLength);
            }
        }
        // Probes of a closed window, repeats, and strays: all are told where we are.
        c.receiver.ackNow();
        // A probe acknowledges as well; the window it carries must not be lost.
        if (s.has(Tcp.ACK) && s.seq == c.receiver.nxt() && c.state().isSynchronized()) {
            acknowledgment(c, s, stack.now());
        }
    }

    private void synOutsideWindow(TcpConnection c, Segment s) {
        if (c.state() == TcpState.SYN_RECEIVED && s.seq + 1 == c.receiver.nxt()) {
            if (s.has(Tcp.ACK) && s.ack == c.sender.nxt()) {
                // The other half of a simultaneous open.
                c.sender.synAcknowledged(s);
                c.established();
                c.receiver.ackNow();
            } else {
                // The SYN again: our answer was lost.
                stack.writer().syn(c, true);
            }
        } else {
            challenge(c);
        }
    }

    /** RFC 9293 §3.10.7.4 and RFC 6191: a SYN beyond the old sequence or by a later clock. */
    private static boolean isNewIncarnation(TcpConnection c, Segment s) {
        boolean beyond = SeqNum.gt(s.seq, c.receiver.nxt());
        boolean later =
                c.timestamps
                        && s.options.timestamps()
                        && SeqNum.gt(s.options.tsVal(), c.receiver.tsRecent());
        return !s.has(Tcp.ACK) && (beyond || later);
    }

    /** RFC 5961 §3.2: only the exact sequence number resets. */
    private void reset(TcpConnection c, Segment s) {
        if (s.seq != c.receiver.nxt()) {
            challenge(c);
            return;
        }
        boolean refused = c.state() == TcpState.SYN_RECEIVED && !c.isPassive();
        if (c.state() == TcpState.TIME_WAIT) {
            // RFC 1337: a RST does not cut TIME-WAIT short.
            return;
        }
        c.end(refused ? TcpEnd.REFUSED : TcpEnd.RESET);
    }

    /** RFC 5961 §4.2 and §5.2. */
    private void challenge(TcpConnection c) {
        if (stack.mayChallenge()) {
            c.receiver.ackNow();
        }
    }

    /** Returns whether the segment's text is to be looked at. */
    private boolean acknowledgment(TcpConnection c, Segment s, long now) {
        Sender sender = c.sender;
        if (c.state() == TcpState.SYN_RECEIVED) {
            if (s.ack != sender.nxt()) {
                stack.writer().reset(s);
                return false;
            }
            sender.synAcknowledged(s);
            c.established();
            if (c.state() == TcpState.CLOSED) {
                return false;
            }
        }
        int oldest = sender.una() - sender.maxWindow();
        if (SeqNum.gt(s.ack, sender.nxt()) || SeqNum.lt(s.ack, oldest)) {
            challenge(c);
            return false;
        }
        if (c.state() == TcpState.TIME_WAIT) {
            return true;
        }
        if (SeqNum.geq(s.ack, sender.una())) {
            sender.acknowledge(s, now);
            finAcknowledged(c);
        }
        return c.state() != TcpState.CLOSED;
    }

    private static void finAcknowledged(TcpConnection c) {
        if (!c.sender.isFinAcknowledged()) {
            return;
        }
        switch (c.state()) {
            case FIN_WAIT_1 -> {
                c.enter(TcpState.FIN_WAIT_2);
                if (c.isInputAbandoned()) {
                    c.life().startFinWait2();
                }
            }
            case CLOSING -> c.timeWait();
            case LAST_ACK -> c.end(TcpEnd.FINISHED);
            default -> {
                // Already known.
            }
        }
    }

    private static void textAndFin(TcpConnection c, Segment s) {
        if (c.state() == TcpState.TIME_WAIT) {
            // The FIN again: our acknowledgment was lost.
            c.receiver.ackNow();
            c.life().startTimeWait();
            return;
        }
        if (!c.state().mayReceive()) {
            return;
        }
        if (c.isInputAbandoned() && s.payloadLength > 0) {
            // Nobody will read it (RFC 1122 §4.2.2.13).
            c.abort();
            return;
        }
        c.receiver.text(s);
        if (c.receiver.isFinished()) {
            switch (c.state()) {
                case ESTABLISHED -> c.enter(TcpState.CLOSE_WAIT);
                case FIN_WAIT_1 -> c.enter(TcpState.CLOSING);
                case FIN_WAIT_2 -> c.timeWait();
                default -> {
                    // mayReceive() names no other.
                }
            }
        }
    }
}
