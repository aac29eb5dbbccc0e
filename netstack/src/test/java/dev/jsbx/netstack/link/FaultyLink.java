package dev.jsbx.netstack.link;

import dev.jsbx.netstack.time.Clock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A bad wire around a good link. Frames are taken apart into what would be on the wire, checksums
 * and segments made, so that what is broken can be noticed. Both directions alike, by one seed.
 */
public final class FaultyLink implements Link {
    /** How long a frame is held back to be overtaken, in µs. */
    private static final long HELD = 2000;

    private record Held(long due, long order, byte[] bytes) {}

    private final Link link;
    private final Clock clock;
    private final Random random;
    private final boolean wire;
    private final PriorityQueue<Held> incoming = queue();
    private final PriorityQueue<Held> outgoing = queue();
    private final Frame frame = new Frame();
    private final OutFrame out = new OutFrame(Arena.ofAuto());
    private Faults faults;
    private long order;
    private long lost;
    private long broken;

    /**
     * @param wire whether this stack's own output is cut into segments by itself, as it must be for
     *     a peer that takes none larger
     */
    public FaultyLink(Link link, Clock clock, Faults faults, long seed, boolean wire) {
        this.link = link;
        this.clock = clock;
        this.faults = faults;
        this.wire = wire;
        random = new Random(seed);
    }

    private static PriorityQueue<Held> queue() {
        return new PriorityQueue<>(
                Comparator.comparingLong(Held::due).thenComparingLong(Held::order));
    }

    /** Changes what goes wrong from now on. */
    public void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** Frames that vanished, for tests of tests. */
    public long lost() {
        return lost;
    }

    /** Frames that were broken. */
    public long broken() {
        return broken;
    }

    @Override
    public int mtu() {
        return link.mtu();
    }

    @Override
    public int offloads() {
        return wire ? 0 : link.offloads();
    }

    @Override
    public int receive(FrameHandler handler, int budget) {
        link.receive(
                f -> {
                    byte[] bytes =
                            f.memory()
                                    .asSlice(f.at(), f.length())
                                    .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                    SoftwareOffload.wire(bytes, f.offload()).forEach(b -> pass(incoming, b));
                },
                budget);
        transmitDue();
        int n = 0;
        while (n < budget && !incoming.isEmpty() && incoming.peek().due <= clock.micros()) {
            byte[] bytes = incoming.poll().bytes;
            frame.offload().clear();
            frame.set(MemorySegment.ofArray(bytes), 0, bytes.length);
            handler.frame(frame);
            n++;
        }
        return n;
    }

    @Override
    public boolean transmit(OutFrame f) {
        byte[] bytes = new byte[f.length()];
        f.copyTo(MemorySegment.ofArray(bytes), 0, 0, bytes.length);
        SoftwareOffload.wire(bytes, f.offload()).forEach(b -> pass(outgoing, b));
        transmitDue();
        return true;
    }

    private void pass(PriorityQueue<Held> queue, byte[] bytes) {
        if (random.nextDouble() < faults.loss()) {
            lost++;
            return;
        }
        int copies = random.nextDouble() < faults.duplicate() ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            byte[] copy = bytes.clone();
            if (random.nextDouble() < faults.corrupt()) {
                broken++;
                int at = 14 + random.nextInt(copy.length - 14);
                copy[at] ^= (byte) (1 << random.nextInt(8));
            }
            long due = clock.micros() + faults.delay();
            if (faults.jitter() > 0) {
                due += random.nextLong(faults.jitter());
            }
            if (random.nextDouble() < faults.reorder()) {
                due += HELD;
            }
            queue.add(new Held(due, order++, copy));
        }
    }

    private void transmitDue() {
        while (!outgoing.isEmpty() && outgoing.peek().due <= clock.micros()) {
            byte[] bytes = outgoing.poll().bytes;
            MemorySegment m = Arena.ofAuto().allocate(bytes.length);
            MemorySegment.copy(
                    bytes, 0, m, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
            out.reset();
            out.setHeaderLength(0);
            out.add(m, 0, bytes.length);
            link.transmit(out);
        }
    }

    @Override
    public void flush() {
        transmitDue();
        link.flush();
    }

    @Override
    public int readinessFd() {
        return link.readinessFd();
    }

    @Override
    public long deadline() {
        long in = incoming.isEmpty() ? Long.MAX_VALUE : incoming.peek().due;
        long back = outgoing.isEmpty() ? Long.MAX_VALUE : outgoing.peek().due;
        return Math.min(Math.min(in, back), link.deadline());
    }

    @Override
    public void close() {
        link.close();
    }
}
