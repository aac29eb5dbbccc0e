package dev.jsbx.virtio.mock;

import dev.jsbx.virtio.queue.SplitRings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The driver's side of one split virtqueue (virtio 1.2 §2.7). Of one thread. {@link #add} does what
 * a driver does; {@link #descriptor}, {@link #entry} and the like write the raw fields.
 */
public final class MockQueue {
    /** Descriptor flags (§2.7.5). */
    public static final int NEXT = 1;

    public static final int WRITE = 2;
    public static final int INDIRECT = 4;

    private static final int DESCRIPTOR_SIZE = 16;
    private static final VarHandle U16 = ValueLayout.JAVA_SHORT.varHandle();

    /**
     * A chain that the device gave back.
     *
     * @param head its first descriptor
     * @param written bytes that the device says it wrote
     */
    public record Used(int head, long written) {}

    private final MockMemory memory;
    private final SplitRings rings;
    private final MemorySegment table;
    private final MemorySegment available;
    private final MemorySegment used;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final int[] chainLength;
    private int nextAvailable;
    private int nextUsed;

    /** Lays out a queue with room for the event index fields. */
    public MockQueue(MockMemory memory, int size) {
        this.memory = memory;
        long descriptorTable = memory.allocate(16L * size, 16);
        long availableRing = memory.allocate(6 + 2L * size, 2);
        long usedRing = memory.allocate(6 + 8L * size, 4);
        rings = new SplitRings(size, descriptorTable, availableRing, usedRing);
        table = memory.at(descriptorTable, rings.descriptorTableBytes());
        available = memory.at(availableRing, rings.availableRingBytes(true));
        used = memory.at(usedRing, rings.usedRingBytes(true));
        chainLength = new int[size];
        for (int i = 0; i < size; i++) {
            free.add(i);
        }
    }

    /** Where it lies. */
    public SplitRings rings() {
        return rings;
    }

    /** How many descriptors are free. */
    public int free() {
        return free.size();
    }

    /**
     * Adds a chain of ordinary descriptors and makes it visible.
     *
     * @return its head
     */
    public int add(MockBuffer... buffers) {
        if (buffers.length > free.size()) {
            throw new IllegalStateException("the queue is full");
        }
        int head = free.peek();
        for (int i = 0; i < buffers.length; i++) {
            int index = free.remove();
            boolean last = i == buffers.length - 1;
            write(table, index, buffers[i], last ? -1 : free.peek());
        }
        chainLength[head] = buffers.length;
        offer(head);
        return head;
    }

    /** Adds a chain in a table of its own, which takes one descriptor of the queue. */
    public int addIndirect(MockBuffer... buffers) {
        return addIndirect(memory.allocate(16L * buffers.length, 16), buffers);
    }

    /** The same with the table at a place of the caller's. */
    public int addIndirect(long tableGpa, MockBuffer... buffers) {
        long bytes = (long) DESCRIPTOR_SIZE * buffers.length;
        MemorySegment indirect = memory.at(tableGpa, bytes);
        for (int i = 0; i < buffers.length; i++) {
            write(indirect, i, buffers[i], i == buffers.length - 1 ? -1 : i + 1);
        }
        int head = free.remove();
        descriptor(head, tableGpa, (int) bytes, INDIRECT, 0);
        chainLength[head] = 1;
        offer(head);
        return head;
    }

    private static void write(MemorySegment to, int index, MockBuffer buffer, int next) {
        int flags = (buffer.writable() ? WRITE : 0) | (next >= 0 ? NEXT : 0);
        raw(to, index, buffer.gpa(), (int) buffer.segment().byteSize(), flags, Math.max(0, next));
    }

    /** Writes a raw descriptor. */
    public void descriptor(int index, long address, int length, int flags, int next) {
        raw(table, index, address, length, flags, next);
    }

    /** Writes a raw descriptor into a table of the caller's. */
    public static void raw(
            MemorySegment table, int index, long address, int length, int flags, int next) {
        long at = (long) index * DESCRIPTOR_SIZE;
        table.set(ValueLayout.JAVA_LONG_UNALIGNED, at, address);
        table.set(ValueLayout.JAVA_INT_UNALIGNED, at + 8, length);
        table.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 12, (short) flags);
        table.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 14, (short) next);
    }

    /** Offers the chain that starts at a descriptor. */
    public void offer(int head) {
        entry(nextAvailable, head);
        nextAvailable = (nextAvailable + 1) & 0xffff;
        availableIndex(nextAvailable);
    }

    /** Writes a raw entry of the available ring. */
    public void entry(int index, int head) {
        available.set(ValueLayout.JAVA_SHORT, 4 + 2L * (index & (rings.size() - 1)), (short) head);
    }

    /** Writes the raw available index. */
    public void availableIndex(int index) {
        U16.setRelease(available, 2L, (short) index);
        VarHandle.fullFence();
    }

    /** Sets or clears VIRTQ_AVAIL_F_NO_INTERRUPT. */
    public void noInterrupt(boolean wish) {
        available.set(ValueLayout.JAVA_SHORT, 0, (short) (wish ? 1 : 0));
    }

    /** Says after which used index an interrupt is wanted (event index). */
    public void usedEvent(int index) {
        available.set(ValueLayout.JAVA_SHORT, 4 + 2L * rings.size(), (short) index);
        // Before the used index is looked at again, or both sides could wait.
        VarHandle.fullFence();
    }

    /** The index at which the device wants a kick (event index). */
    public int availableEvent() {
        return 0xffff & used.get(ValueLayout.JAVA_SHORT, 4 + 8L * rings.size());
    }

    /** Whether the device asks for no kicks (without event index). */
    public boolean noNotify() {
        return (used.get(ValueLayout.JAVA_SHORT, 0) & 1) != 0;
    }

    /** How many chains were used since the beginning, modulo 2^16. */
    public int usedIndex() {
        return 0xffff & (short) U16.getAcquire(used, 2L);
    }

    /** Whether the device has given back a chain that was not taken yet. */
    public boolean hasUsed() {
        return usedIndex() != nextUsed;
    }

    /**
     * Takes the next used chain and frees its descriptors.
     *
     * @throws IllegalStateException if there is none
     */
    public Used takeUsed() {
        if (!hasUsed()) {
            throw new IllegalStateException("nothing was used");
        }
        long at = 4 + 8L * (nextUsed & (rings.size() - 1));
        int head = used.get(ValueLayout.JAVA_INT, at);
        long written = used.get(ValueLayout.JAVA_INT, at + 4) & 0xffffffffL;
        nextUsed = (nextUsed + 1) & 0xffff;
        int index = head;
        for (int i = 0; i < chainLength[head]; i++) {
            free.add(index);
            index = 0xffff & table.get(ValueLayout.JAVA_SHORT, 16L * index + 14);
        }
        return new Used(head, written);
    }

    /** Buffers of a chain cut into pieces of at most {@code bytes} each. */
    public static MockBuffer[] cut(MockBuffer buffer, int bytes) {
        long size = buffer.segment().byteSize();
        List<MockBuffer> pieces = new java.util.ArrayList<>();
        for (long at = 0; at < size; at += bytes) {
            pieces.add(buffer.slice(at, Math.min(bytes, size - at)));
        }
        return pieces.toArray(MockBuffer[]::new);
    }
}
