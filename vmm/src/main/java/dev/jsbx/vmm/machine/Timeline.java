package dev.jsbx.vmm.machine;

import java.util.ArrayList;
import java.util.List;

/** Where the time of a start went: points with names, in the order they came. Any thread. */
public final class Timeline {
    /**
     * A point in time.
     *
     * @param name what was reached
     * @param nanos {@link System#nanoTime} then
     */
    public record Mark(String name, long nanos) {}

    private final List<Mark> marks = new ArrayList<>();

    /** Notes that something has been reached now. */
    public void mark(String name) {
        mark(name, System.nanoTime());
    }

    /** Notes that something was reached at {@code nanos} of {@link System#nanoTime}. */
    public synchronized void mark(String name, long nanos) {
        marks.add(new Mark(name, nanos));
    }

    /** All points so far. */
    public synchronized List<Mark> marks() {
        return List.copyOf(marks);
    }
}
