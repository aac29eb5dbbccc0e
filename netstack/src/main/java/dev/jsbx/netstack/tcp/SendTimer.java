package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.time.Timer;
import dev.jsbx.netstack.wire.Tcp;

/**
 * The one timer of a sender, for whatever comes first: a tail loss probe (RFC 8985 §7), the
 * retransmission timeout (RFC 6298), or a probe of a closed window (RFC 9293 §3.8.6.1). µs.
 */
final class SendTimer {
    private enum Mode {
        IDLE,
        PROBE_TAIL,
        RETRANSMIT,
        PERSIST
    }

    /** How long a lone segment's acknowledgment may be delayed (WCDelAckT of RFC 8985 §7.2). */
    private static final long WORST_DELAYED_ACK = 200_000;

    /** A probe sooner than this would overtake what is merely slow to be scheduled. */
    private static final long LEAST_PROBE = 5_000;

    private final TcpConnection c;
    private final Sender sender;
    private final TcpStack stack;
    private final Timer timer = new Timer(this::expired);
    private Mode mode = Mode.IDLE;
    private int retries;
    private boolean probeOut;
    private boolean probeWasOld;
    private int probeEnd;

    SendTimer(TcpConnection c, Sender sender, TcpStack stack) {
        this.c = c;
        this.sender = sender;
        this.stack = stack;
    }

    /** Something was sent; {@code isNew} if for the first time. */
    void sent(boolean isNew) {
        // RFC 6298 §5.1 leaves a running timer; a probe's is restarted (RFC 8985 §7.2).
        if (mode == Mode.IDLE || mode == Mode.PERSIST || mode == Mode.PROBE_TAIL) {
            arm();
        } else if (isNew && mayProbe()) {
            long due = timer.deadline();
            arm();
            if (mode == Mode.RETRANSMIT && due < timer.deadline()) {
                stack.timers().arm(timer, due);
            }
        }
    }

    /** Something was acknowledged for the first time. */
    void progressed() {
        retries = 0;
        sender.rtt.resetBackoff();
        arm();
    }

    /** The other side lives, whatever it said. */
    void answered() {
        if (mode == Mode.PERSIST) {
            retries = 0;
        }
    }

    /** Brings the timer in line with what is under way and what waits. */
    void schedule() {
        if (!sender.board.isEmpty()) {
            if (mode == Mode.IDLE || mode == Mode.PERSIST) {
                arm();
            }
        } else if (sender.isStalledByWindow()) {
            if (mode != Mode.PERSIST) {
                mode = Mode.PERSIST;
                retries = 0;
                stack.timers().arm(timer, stack.now() + sender.rtt.rto());
            }
        } else {
            stop();
        }
    }

    private void stop() {
        mode = Mode.IDLE;
        stack.timers().disarm(timer);
    }

    private void arm() {
        if (sender.board.isEmpty()) {
            stop();
            return;
        }
        long rto = sender.rtt.rto();
        long delay = rto;
        mode = Mode.RETRANSMIT;
        if (mayProbe()) {
            long probe = 2 * sender.rtt.srtt();
            boolean single = sender.board.pipe() <= sender.mss();
            probe = Math.max(probe + (single ? WORST_DELAYED_ACK : 0), LEAST_PROBE);
            if (probe < rto) {
                delay = probe;
                mode = Mode.PROBE_TAIL;
            }
        }
        stack.timers().arm(timer, stack.now() + delay);
    }

    private boolean mayProbe() {
        return c.sackPermitted
                && !probeOut
                && sender.recovery.isOpen()
                && sender.board.sackedBytes() == 0
                && sender.rtt.srtt() > 0;
    }

    private void expired() {
        switch (mode) {
            case PROBE_TAIL -> probeTail();
            case RETRANSMIT -> retransmit();
            case PERSIST -> persist();
            case IDLE -> {
                // Disarmed meanwhile.
            }
        }
    }

    /** RFC 8985 §7.3: sends something, so that an acknowledgment shows what is missing. */
    private void probeTail() {
        int usable = sender.una() + sender.window() - sender.nxt();
        boolean sent = false;
        if (sender.hasUnsent() && usable >= sender.mss()) {
            probeWasOld = false;
            sent = sender.probeNew();
        }
        SentSegment last = sender.board.last();
        if (!sent && last != null) {
            probeWasOld = true;
            if (last.length() > sender.mss()) {
                sender.board.split(last, last.end - sender.mss());
                last = sender.board.last();
            }
            sent = sender.resend(last, last.length());
        }
        probeOut = sent;
        probeEnd = sender.nxt();
        mode = Mode.RETRANSMIT;
        stack.timers().arm(timer, stack.now() + sender.rtt.rto());
    }

    /**
     * RFC 8985 §7.4: whether this acknowledgment shows that a probe repaired a loss that else
     * nobody noticed.
     *
     * @param duplicate whether it reports that the probe was superfluous
     */
    boolean probeRepaired(int ack, boolean duplicate) {
        if (!probeOut || SeqNum.lt(ack, probeEnd)) {
            return false;
        }
        probeOut = false;
        return probeWasOld && !duplicate;
    }

    /** RFC 6298 §5.4 to §5.6. */
    private void retransmit() {
        if (sender.window() == 0 && sender.board.first() != null) {
            // The window closed over what is under way: nothing is lost, ask again.
            if (++retries > stack.config().dataRetries()) {
                c.timedOut();
                return;
            }
            stack.writer().bare(c, sender.una() - 1, Tcp.ACK);
            sender.rtt.backOff();
            stack.timers().arm(timer, stack.now() + sender.rtt.rto());
            return;
        }
        if (++retries > stack.config().dataRetries()) {
            c.timedOut();
            return;
        }
        sender.rtt.backOff();
        probeOut = false;
        if (sender.board.first() != null && sender.board.first().sacked) {
            // It must not be: the other side has dropped what it once had (RFC 2018 §8).
            sender.board.forgetSacks();
        }
        sender.recovery.enterTimeout(sender.nxt(), sender.nxt() - sender.una());
        sender.board.markAllLost();
        mode = Mode.RETRANSMIT;
        stack.timers().arm(timer, stack.now() + sender.rtt.rto());
        stack.dirty(c);
    }

    /**
     * Asks a closed window to open: a segment below the window, which RFC 9293 §3.10.7.4 has
     * answered by an acknowledgment with the current window.
     */
    private void persist() {
        if (++retries > stack.config().dataRetries()) {
            c.timedOut();
            return;
        }
        // Something small may fit a window that is merely silly.
        int usable = sender.una() + sender.window() - sender.nxt();
        if (usable > 0 && sender.probeSmall(usable)) {
            return;
        }
        stack.writer().bare(c, sender.una() - 1, Tcp.ACK);
        long delay = sender.rtt.rto() << Math.min(retries, 16);
        stack.timers().arm(timer, stack.now() + Math.min(delay, stack.config().maxRto()));
    }

    void release() {
        mode = Mode.IDLE;
        stack.timers().remove(timer);
    }
}
