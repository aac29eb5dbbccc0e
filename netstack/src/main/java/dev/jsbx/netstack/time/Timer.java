package dev.jsbx.netstack.time;

/**
 * Something to be done later. Lives in one {@link TimerQueue} at most; made once with its owner and
 * armed as often as need be, which allocates nothing.
 */
public final class Timer {
    /** The deadline of a timer that is not armed. */
    public static final long NEVER = Long.MAX_VALUE;

    final Runnable action;

    /** When it is due; may lie behind {@link #queuedAt}, which then is moved when it comes up. */
    long deadline = NEVER;

    long queuedAt = NEVER;

    /** Place in the queue's heap; -1 if in none. */
    int index = -1;

    /** A timer that is not armed. */
    public Timer(Runnable action) {
        this.action = action;
    }

    /** In µs; {@link #NEVER} if not armed. */
    public long deadline() {
        return deadline;
    }

    public boolean isArmed() {
        return deadline != NEVER;
    }
}
