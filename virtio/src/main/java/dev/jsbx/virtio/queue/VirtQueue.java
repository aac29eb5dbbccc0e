package dev.jsbx.virtio.queue;

import dev.jsbx.vmm.memory.BadGuestAddress;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * The device side of one split virtqueue (virtio 1.2 §2.7). One thread at a time uses it; handing
 * it to another thread needs a happens-before edge between the two. {@link #pop}, {@link #push} and
 * the notification methods allocate nothing and throw nothing, whatever the driver wrote.
 *
 * <p>A worker serves it so:
 *
 * <pre>{@code
 * do {
 *     queue.disableNotifications();
 *     while (queue.pop(chain)) {
 *         queue.push(chain, handle(chain));
 *     }
 * } while (queue.enableNotifications());
 * if (queue.needsSignal()) interrupt the driver
 * }</pre>
 */
public final class VirtQueue {
    private static final int VIRTQ_AVAIL_F_NO_INTERRUPT = 1;
    private static final int VIRTQ_USED_F_NO_NOTIFY = 1;

    // Both rings begin with u16 flags, u16 idx.
    private static final long FLAGS = 0;
    private static final long IDX = 2;
    private static final long RING = 4;
    private static final int USED_ELEMENT_SIZE = 8;

    private static final ValueLayout.OfShort U16_LAYOUT =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U16 = U16_LAYOUT.varHandle();

    private final SplitRings rings;
    private final MemorySegment available;
    private final MemorySegment used;
    private final boolean eventIndex;
    private final int mask;
    private final ChainReader reader;
    private final Consumer<String> onBroken;

    // All of them count modulo 2^16, as the rings' own indices do.
    private int nextAvailable;
    private int seenAvailable;
    private int nextUsed;
    private int signalledUsed;
    private volatile boolean broken;

    /**
     * @param memory what every address of the driver is checked against
     * @param rings where the queue lies
     * @param features negotiated, of which {@link RingFeatures} matter here
     * @param state 0 for a fresh queue; see {@link #state}
     * @param onBroken told the reason, once, on the thread that found it
     * @throws BadGuestAddress if a ring does not lie within one region of memory
     */
    public VirtQueue(
            GuestMemory memory,
            SplitRings rings,
            long features,
            QueueState state,
            Consumer<String> onBroken) {
        this.rings = rings;
        this.onBroken = onBroken;
        eventIndex = (features & RingFeatures.VIRTIO_F_EVENT_IDX) != 0;
        mask = rings.size() - 1;
        available = memory.slice(rings.availableRing(), rings.availableRingBytes(eventIndex));
        used = memory.slice(rings.usedRing(), rings.usedRingBytes(eventIndex));
        reader =
                new ChainReader(
                        memory,
                        memory.slice(rings.descriptorTable(), rings.descriptorTableBytes()),
                        rings.size(),
                        (features & RingFeatures.VIRTIO_F_INDIRECT_DESC) != 0);
        nextAvailable = state.nextAvailable();
        seenAvailable = nextAvailable;
        nextUsed = state.nextUsed();
        signalledUsed = nextUsed;
    }

    /** Where the driver has put it. */
    public SplitRings rings() {
        return rings;
    }

    /** Its place in the rings, to go on from later. Chains that are popped must be pushed first. */
    public QueueState state() {
        return new QueueState(nextAvailable, nextUsed);
    }

    /** Whether the driver broke a rule; then nothing happens here until the device is reset. */
    public boolean isBroken() {
        return broken;
    }

    /** Marks it broken, for devices that find a request which cannot even be answered. */
    public void markBroken(String reason) {
        if (!broken) {
            broken = true;
            onBroken.accept(reason);
        }
    }

    /** Whether a chain waits. */
    public boolean hasAvailable() {
        return !broken && (nextAvailable != seenAvailable || refill());
    }

    /**
     * Takes the next chain.
     *
     * @return whether there was one; never on a broken queue
     */
    public boolean pop(DescriptorChain chain) {
        if (!hasAvailable()) {
            return false;
        }
        int head = 0xffff & available.get(U16_LAYOUT, RING + 2L * (nextAvailable & mask));
        try {
            reader.read(head, chain);
        } catch (BrokenRing | BadGuestAddress e) {
            markBroken(e.getMessage());
            return false;
        }
        nextAvailable = (nextAvailable + 1) & 0xffff;
        return true;
    }

    /** Looks whether the driver has added chains. */
    private boolean refill() {
        // Acquire: the entries and descriptors were written before the index.
        int index = availableIndex();
        int waiting = (index - nextAvailable) & 0xffff;
        if (waiting > rings.size()) {
            markBroken(
                    "available index " + index + " is " + waiting + " ahead of " + nextAvailable);
            return false;
        }
        seenAvailable = index;
        return waiting > 0;
    }

    /**
     * Puts back the last {@code chains} popped chains, unused; the next pop yields the first of
     * them again.
     */
    public void rewind(int chains) {
        nextAvailable = (nextAvailable - chains) & 0xffff;
    }

    /**
     * Gives a chain back to the driver, at once visible to it.
     *
     * @param written how many bytes of the writable part the device has filled, from its start
     */
    public void push(DescriptorChain chain, long written) {
        stage(chain.head(), written);
        publish();
    }

    /** The first half of a push, for chains that must become visible together. */
    public void stage(int head, long written) {
        if (broken) {
            return;
        }
        long element = RING + (long) (nextUsed & mask) * USED_ELEMENT_SIZE;
        used.set(U32, element, head);
        used.set(U32, element + 4, (int) written);
        nextUsed = (nextUsed + 1) & 0xffff;
    }

    /** Makes the staged chains visible to the driver. */
    public void publish() {
        // Release: the driver sees the elements, and what they describe, before the index.
        U16.setRelease(used, IDX, (short) nextUsed);
    }

    /**
     * Whether the driver wants to be interrupted for what was pushed since the last call that said
     * so (§2.7.7.2). Call it after every batch of pushes.
     */
    public boolean needsSignal() {
        if (nextUsed == signalledUsed || broken) {
            return false;
        }
        // The used index must be visible before the driver's wish is read, or both sides could
        // wait.
        VarHandle.fullFence();
        if (!eventIndex) {
            signalledUsed = nextUsed;
            return (available.get(U16_LAYOUT, FLAGS) & VIRTQ_AVAIL_F_NO_INTERRUPT) == 0;
        }
        int wished = 0xffff & available.get(U16_LAYOUT, RING + 2L * rings.size());
        // vring_need_event: has the index passed the wished one since the last look?
        int passed = (nextUsed - wished - 1) & 0xffff;
        boolean needed = passed < ((nextUsed - signalledUsed) & 0xffff);
        signalledUsed = nextUsed;
        return needed;
    }

    /** Tells the driver that kicks are not needed; with event index, silence says so. */
    public void disableNotifications() {
        if (!eventIndex && !broken) {
            used.set(U16_LAYOUT, FLAGS, (short) VIRTQ_USED_F_NO_NOTIFY);
        }
    }

    /**
     * Asks the driver to kick when it adds the next chain.
     *
     * @return whether chains were added meanwhile, for which no kick may come: serve them first
     */
    public boolean enableNotifications() {
        if (broken) {
            return false;
        }
        if (eventIndex) {
            used.set(U16_LAYOUT, RING + 8L * rings.size(), (short) nextAvailable);
        } else {
            used.set(U16_LAYOUT, FLAGS, (short) 0);
        }
        // The wish must be visible before the index is read again (§2.7.10).
        VarHandle.fullFence();
        return hasAvailable();
    }

    /** Asks the driver to kick when it adds another chain, whatever waits in the ring already. */
    public void notifyOnNextAddition() {
        if (eventIndex) {
            used.set(U16_LAYOUT, RING + 8L * rings.size(), (short) availableIndex());
        } else {
            used.set(U16_LAYOUT, FLAGS, (short) 0);
        }
        VarHandle.fullFence();
    }

    /** How many chains the driver has added since the beginning, modulo 2<sup>16</sup>. */
    public int availableIndex() {
        return 0xffff & (short) U16.getAcquire(available, IDX);
    }
}
