package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.time.Timer;
import dev.jsbx.netstack.wire.Tcp;

/**
 * The one timer for what concerns a connection as a whole: the handshake's repeats, keep-alive (RFC
 * 9293 §3.8.4), the wait for a FIN that nobody reads, and TIME-WAIT. At most one of them runs.
 */
final class LifeTimers {
    private enum Mode {
        IDLE,
        HANDSHAKE,
        KEEP_ALIVE,
        FIN_WAIT_2,
        TIME_WAIT
    }

    private final TcpConnection c;
    private final TcpStack stack;
    private final Timer timer = new Timer(this::expired);
    private Mode mode = Mode.IDLE;
    private int tries;
    private long heardAt;
    private long handshakeStarted;

    LifeTimers(TcpConnection c, TcpStack stack) {
        this.c = c;
        this.stack = stack;
    }

    private void start(Mode next, long delay) {
        mode = next;
        tries = 0;
        stack.timers().arm(timer, stack.now() + delay);
    }

    void startHandshake() {
        handshakeStarted = stack.now();
        start(Mode.HANDSHAKE, c.sender.rtt.rto());
    }

    /** The handshake is complete; its duration is the first measurement unless it was repeated. */
    void stopHandshake() {
        if (mode == Mode.HANDSHAKE) {
            if (tries == 0) {
                c.sender.rtt.sample(stack.now() - handshakeStarted, stack.now());
            } else {
                c.sender.rtt.resetBackoff();
                c.sender.rtt.handshakeTimedOut();
            }
        }
        mode = Mode.IDLE;
        stack.timers().disarm(timer);
    }

    void startKeepAlive() {
        heardAt = stack.now();
        start(Mode.KEEP_ALIVE, stack.config().keepAliveIdle());
    }

    void startFinWait2() {
        start(Mode.FIN_WAIT_2, stack.config().finWait2());
    }

    void startTimeWait() {
        start(Mode.TIME_WAIT, stack.config().timeWait());
    }

    boolean isWaiting() {
        return mode == Mode.TIME_WAIT;
    }

    /** Something came from the other side. */
    void heard(long now) {
        heardAt = now;
        tries = mode == Mode.KEEP_ALIVE ? 0 : tries;
    }

    private void expired() {
        switch (mode) {
            case HANDSHAKE -> handshake();
            case KEEP_ALIVE -> keepAlive();
            case FIN_WAIT_2, TIME_WAIT -> c.end(TcpEnd.FINISHED);
            case IDLE -> {
                // Disarmed meanwhile.
            }
        }
    }

    private void handshake() {
        if (++tries > stack.config().synRetries()) {
            c.timedOut();
            return;
        }
        c.sender.rtt.backOff();
        stack.writer().syn(c, c.state() == TcpState.SYN_RECEIVED);
        stack.timers().arm(timer, stack.now() + c.sender.rtt.rto());
    }

    private void keepAlive() {
        long now = stack.now();
        long idle = stack.config().keepAliveIdle();
        if (now - heardAt < idle || !c.sender.board.isEmpty()) {
            // What is under way asks often enough by itself.
            tries = 0;
            stack.timers().arm(timer, Math.max(heardAt, now - idle / 2) + idle);
            return;
        }
        if (++tries > stack.config().keepAliveProbes()) {
            c.timedOut();
            return;
        }
        stack.writer().bare(c, c.sender.nxt() - 1, Tcp.ACK);
        stack.timers().arm(timer, now + stack.config().keepAliveInterval());
    }

    void release() {
        mode = Mode.IDLE;
        stack.timers().remove(timer);
    }
}
