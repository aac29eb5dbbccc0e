package dev.jsbx.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The driver's side of a split virtqueue with event index (virtio 1.2 §2.7), for who plays a guest.
 * Of one thread. Whoever uses it says where each descriptor points, and keeps count of those that
 * the device has.
 */
public final class DriverQueue {
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;

    /** Bytes of a descriptor. */
    public static final int DESCRIPTOR_SIZE = 16;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;
    private static final VarHandle INDEX = U16.varHandle();

    private final SplitRings rings;
    private final MemorySegment table;
    private final MemorySegment available;
    private final MemorySegment used;
    private int offered;
    private int published;
    private int taken;
    private int head;
    private int written;

    /**
     * @param memory the guest's, from address 0 on, zeroed where the rings are
     */
    public DriverQueue(MemorySegment memory, SplitRings rings) {
        this.rings = rings;
        table = memory.asSlice(rings.descriptorTable(), rings.descriptorTableBytes());
        available = memory.asSlice(rings.availableRing(), rings.availableRingBytes(true));
        used = memory.asSlice(rings.usedRing(), rings.usedRingBytes(true));
    }

    /** Where it lies. */
    public SplitRings rings() {
        return rings;
    }

    /**
     * Points a descriptor to memory of the guest.
     *
     * @param writable whether the device writes there
     * @param next the chain's next descriptor; negative if this is its last
     */
    public void describe(int descriptor, long address, int length, boolean writable, int next) {
        describe(table, descriptor, address, length, writable, next);
    }

    /** The same in a table of its own, for {@link #describeTable}. */
    public static void describe(
            MemorySegment table,
            int descriptor,
            long address,
            int length,
            boolean writable,
            int next) {
        int flags = (writable ? WRITE : 0) | (next >= 0 ? NEXT : 0);
        write(table, descriptor, address, length, flags, Math.max(next, 0));
    }

    /** Points a descriptor to a table of so many others (§2.7.5.3), which are the whole chain. */
    public void describeTable(int descriptor, long address, int count) {
        write(table, descriptor, address, count * DESCRIPTOR_SIZE, INDIRECT, 0);
    }

    private static void write(
            MemorySegment table, int descriptor, long address, int length, int flags, int next) {
        long at = (long) descriptor * DESCRIPTOR_SIZE;
        table.set(ValueLayout.JAVA_LONG, at, address);
        table.set(ValueLayout.JAVA_INT, at + 8, length);
        table.set(U16, at + 12, (short) flags);
        table.set(U16, at + 14, (short) next);
    }

    /** Offers the chain that starts at a descriptor; {@link #publish} shows it to the device. */
    public void offer(int first) {
        available.set(U16, 4 + 2L * (offered & (rings.size() - 1)), (short) first);
        offered++;
    }

    /**
     * Shows the device what was offered.
     *
     * @return whether it wants a kick for that
     */
    public boolean publish() {
        INDEX.setRelease(available, 2L, (short) offered);
        VarHandle.fullFence();
        int event = used.get(U16, 4 + 8L * rings.size());
        boolean wanted =
                (offered - event - 1 & 0xffff) < (offered - published & 0xffff); // §2.7.7.1
        published = offered;
        return wanted;
    }

    /** Takes back the next chain that the device has used, if there is one. */
    public boolean take() {
        if (!isUsed()) {
            return false;
        }
        long at = 4 + 8L * (taken & (rings.size() - 1));
        head = used.get(ValueLayout.JAVA_INT, at);
        written = used.get(ValueLayout.JAVA_INT, at + 4);
        taken++;
        return true;
    }

    private boolean isUsed() {
        return (short) INDEX.getAcquire(used, 2L) != (short) taken;
    }

    /** The first descriptor of the chain taken last. */
    public int head() {
        return head;
    }

    /** How many bytes the device has written to it. */
    public int written() {
        return written;
    }

    /**
     * Asks for an interrupt at the next used chain.
     *
     * @return false if there is one already
     */
    public boolean awaitUsed() {
        available.set(U16, 4 + 2L * rings.size(), (short) taken);
        VarHandle.fullFence();
        return !isUsed();
    }
}
