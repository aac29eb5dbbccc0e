package dev.jsbx.virtio.mock;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A piece of guest memory that a chain names.
 *
 * @param gpa its guest physical address
 * @param segment its memory
 * @param writable whether the device may write it, otherwise it may read it
 */
public record MockBuffer(long gpa, MemorySegment segment, boolean writable) {
    /** Its bytes now. */
    public byte[] bytes() {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    /** A part of it, as a buffer of its own. */
    public MockBuffer slice(long offset, long length) {
        return new MockBuffer(gpa + offset, segment.asSlice(offset, length), writable);
    }
}
