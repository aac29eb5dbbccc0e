package dev.jsbx.netstack.time;

/** A clock whose hands the test turns. */
public final class ManualClock implements Clock {
    private long now = 1_000_000;

    @Override
    public long micros() {
        return now;
    }

    public void advance(long micros) {
        now += micros;
    }

    public void set(long micros) {
        now = micros;
    }
}
