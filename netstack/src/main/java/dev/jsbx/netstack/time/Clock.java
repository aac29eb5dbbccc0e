package dev.jsbx.netstack.time;

/** A clock that never goes back. */
@FunctionalInterface
public interface Clock {
    /** µs since some moment in the past. */
    long micros();

    /** The JVM's monotonic clock. */
    static Clock system() {
        long start = System.nanoTime();
        return () -> (System.nanoTime() - start) / 1000;
    }
}
