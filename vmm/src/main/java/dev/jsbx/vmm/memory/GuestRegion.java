package dev.jsbx.vmm.memory;

import java.lang.foreign.MemorySegment;

/**
 * One contiguous piece of guest physical memory.
 *
 * @param gpa the guest physical address of its first byte
 * @param segment its memory in this process; the length is the region's
 * @param fd the file behind it, or -1
 * @param fileOffset where in the file it starts, in bytes
 */
public record GuestRegion(long gpa, MemorySegment segment, int fd, long fileOffset) {
    /** Bytes. */
    public long size() {
        return segment.byteSize();
    }

    /** The first guest physical address after it. */
    public long end() {
        return gpa + size();
    }

    boolean contains(long address, long length) {
        long offset = address - gpa;
        // Three comparisons without a sum that could overflow.
        return offset >= 0 && length >= 0 && offset <= size() && length <= size() - offset;
    }
}
