package dev.jsbx.virtio.mock;

import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A guest's memory, one region from 0 on, handed out piece by piece and never taken back. */
public final class MockMemory implements AutoCloseable {
    private static final int PAGE = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment all;
    private final GuestMemory guest;
    private long next = PAGE;

    /**
     * @param bytes of memory
     */
    public MockMemory(long bytes) {
        all = arena.allocate(bytes, PAGE);
        guest = GuestMemory.over(all);
    }

    /** Over native memory of the caller's. */
    public MockMemory(MemorySegment memory) {
        all = memory;
        guest = GuestMemory.over(memory);
    }

    /** The device's view. */
    public GuestMemory guest() {
        return guest;
    }

    /** The driver's view of a range. */
    public MemorySegment at(long gpa, long length) {
        return all.asSlice(gpa, length);
    }

    /**
     * Hands out zeroed memory.
     *
     * @return its guest physical address
     */
    public long allocate(long bytes, long alignment) {
        long gpa = (next + alignment - 1) & -alignment;
        next = gpa + bytes;
        if (next > all.byteSize()) {
            throw new IllegalStateException("the mock guest has no memory left");
        }
        return gpa;
    }

    /** Room for an answer of the device. */
    public MockBuffer writable(long bytes) {
        long gpa = allocate(bytes, 8);
        return new MockBuffer(gpa, at(gpa, bytes), true);
    }

    /** Bytes for the device. */
    public MockBuffer readable(byte... bytes) {
        long gpa = allocate(bytes.length, 8);
        MemorySegment segment = at(gpa, bytes.length);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return new MockBuffer(gpa, segment, false);
    }

    /** Zeroed bytes for the device, to be filled in. */
    public MockBuffer readable(long bytes) {
        long gpa = allocate(bytes, 8);
        return new MockBuffer(gpa, at(gpa, bytes), false);
    }

    /** Everything handed out so far may be handed out again. */
    public void recycle(long mark) {
        next = mark;
    }

    /** The place up to which memory is handed out, for {@link #recycle}. */
    public long mark() {
        return next;
    }

    @Override
    public void close() {
        arena.close();
    }
}
