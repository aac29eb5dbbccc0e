package dev.jsbx.cli.vmm;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells the guest the time anew when the host's clock was set or the host slept, either of which
 * shows as wall time that runs away from monotonic time: the guest's clock notices neither.
 */
final class ClockKeeper {
    private static final Duration TOLERANCE = Duration.ofMillis(500);

    /** Sets the guest's clock. */
    interface GuestClock {
        void set(Instant now) throws IOException;
    }

    private final Supplier<Instant> wall;
    private final LongSupplier monotonic;
    private final GuestClock guest;
    private Instant wallThen;
    private long monotonicThen;

    /**
     * @param wall the host's clock
     * @param monotonic nanoseconds that pass while the host is awake
     */
    ClockKeeper(Supplier<Instant> wall, LongSupplier monotonic, GuestClock guest) {
        this.wall = wall;
        this.monotonic = monotonic;
        this.guest = guest;
        remember();
    }

    /** Looks once; to be called every few seconds. */
    void look() {
        Duration passed = Duration.ofNanos(monotonic.getAsLong() - monotonicThen);
        Duration jump = Duration.between(wallThen, wall.get()).minus(passed).abs();
        if (jump.compareTo(TOLERANCE) <= 0) {
            return;
        }
        try {
            guest.set(wall.get());
            remember();
            System.err.println("jsbx: the clock jumped by " + jump + ": the guest's was set");
        } catch (IOException e) {
            // It boots or ends; if it boots, the next look finds the same jump.
        }
    }

    private void remember() {
        wallThen = wall.get();
        monotonicThen = monotonic.getAsLong();
    }
}
