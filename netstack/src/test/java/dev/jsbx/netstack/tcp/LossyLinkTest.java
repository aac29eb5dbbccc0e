package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.link.Faults;
import dev.jsbx.netstack.link.FaultyLink;
import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.time.ManualClock;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Two stacks over a bad wire, in simulated time: every byte arrives once and in order. */
class LossyLinkTest {
    private static final int A = 0x0a000001;
    private static final int B = 0x0a000002;
    private static final long HOUR = 3_600_000_000L;

    /** Waits for as long as a last acknowledgment may be lost again and again. */
    private static final TcpConfig PATIENT = TcpConfig.DEFAULT.withTimeWait(600_000_000);

    private final ManualClock clock = new ManualClock();
    private TcpPeer a;
    private TcpPeer b;

    private long run(
            Faults faults,
            long seed,
            int mtu,
            int offloads,
            TcpConfig config,
            long bytes,
            boolean slow) {
        MemoryLink[] ends = MemoryLink.pair(mtu, offloads);
        // Each direction passes one bad wire: the one at a's end, for both.
        FaultyLink bad = new FaultyLink(ends[0], clock, faults, seed, offloads == 0);
        a = new TcpPeer(bad, clock, config, bytes, false);
        b = new TcpPeer(ends[1], clock, config, bytes, slow);
        a.connect(A, B);
        long start = clock.micros();
        while (a.end == null || b.end == null) {
            a.turn();
            b.turn();
            boolean frames = !ends[0].incoming().isEmpty() || !ends[1].incoming().isEmpty();
            boolean reads = slow && b.connection != null && b.connection.available() > 0;
            boolean over = a.end != null && b.end != null;
            if (!frames && !reads && !over) {
                long next = Math.min(a.next(), b.next());
                assertThat(next)
                        .as("something is still to come: %s, %s", a, b)
                        .isNotEqualTo(Long.MAX_VALUE);
                clock.set(Math.max(next, clock.micros()));
            }
            assertThat(clock.micros() - start).as("simulated time").isLessThan(HOUR);
        }
        check(bytes);
        return clock.micros() - start;
    }

    private void check(long bytes) {
        assertThat(a.end).isEqualTo(TcpEnd.FINISHED);
        assertThat(b.end).isEqualTo(TcpEnd.FINISHED);
        assertThat(a.received).isEqualTo(bytes);
        assertThat(b.received).isEqualTo(bytes);
        assertThat(a.connection.bytesSent()).isEqualTo(bytes);
        assertThat(b.connection.bytesReceived()).isEqualTo(bytes);
        assertThat(a.stack.memoryUsed()).isZero();
        assertThat(b.stack.memoryUsed()).isZero();
    }

    @Example
    void perfect() {
        long time = run(Faults.NONE, 1, 1500, 0, PATIENT, 3_000_000, false);
        assertThat(a.stack.retransmissions() + b.stack.retransmissions()).isZero();
        assertThat(time).as("no wait for any timer but delayed ones").isLessThan(100_000);
    }

    @Property(tries = 60)
    void anything(
            @ForAll long seed,
            @ForAll @DoubleRange(max = 0.15) double p,
            @ForAll @IntRange(min = 576, max = 9000) int mtu,
            @ForAll @IntRange(max = 20_000) int delay,
            @ForAll @IntRange(max = 5_000) int jitter,
            @ForAll boolean slow) {
        Faults faults = new Faults(p, p, p, p, delay, jitter);
        run(faults, seed, mtu, 0, PATIENT, 200_000, slow);
    }

    @Property(tries = 20)
    void superSegments(@ForAll long seed, @ForAll @DoubleRange(max = 0.05) double p) {
        Faults faults = new Faults(p, p, p, p, 1000, 0);
        run(faults, seed, 1500, TcpScript.allOffloads(), PATIENT, 1_000_000, false);
    }

    /** A super-segment sent again covers parts that were kept: their bytes count no longer. */
    @Example
    void partsThatComeTwice() {
        Faults faults = new Faults(0.05, 0.05, 0.05, 0.05, 1000, 0);
        run(faults, -42488, 1500, TcpScript.allOffloads(), PATIENT, 1_000_000, false);
    }

    @Property(tries = 20)
    void smallBuffers(@ForAll long seed, @ForAll boolean slow) {
        TcpConfig small = PATIENT.withBuffers(4096, 4096);
        run(Faults.all(0.03), seed, 1500, 0, small, 100_000, slow);
    }

    @Example
    void lossCostsLittleTime() {
        // 1 % loss at 20 ms round trip: repairs cost round trips, not timeouts.
        Faults faults = new Faults(0.01, 0, 0, 0, 10_000, 0);
        long time = run(faults, 7, 1500, 0, PATIENT, 3_000_000, false);
        assertThat(time).isLessThan(20_000_000);
    }
}
