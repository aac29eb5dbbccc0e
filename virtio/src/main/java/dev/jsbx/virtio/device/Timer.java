package dev.jsbx.virtio.device;

/** A point in time at which a {@link Worker} runs something, once. Of the worker's thread. */
public final class Timer {
    private final Runnable onExpiry;
    private long deadline;
    private boolean set;

    Timer(Runnable onExpiry) {
        this.onExpiry = onExpiry;
    }

    /**
     * Sets or moves it.
     *
     * @param nanoTime as {@link System#nanoTime} counts; in the past means at once
     */
    public void set(long nanoTime) {
        deadline = nanoTime;
        set = true;
    }

    /** Takes it back. */
    public void cancel() {
        set = false;
    }

    /** Whether it will expire. */
    public boolean isSet() {
        return set;
    }

    long deadline() {
        return deadline;
    }

    Runnable onExpiry() {
        return onExpiry;
    }
}
