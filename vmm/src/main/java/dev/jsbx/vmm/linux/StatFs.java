package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@code fstatfs(2)} says of a file system: a view over {@code struct statfs}, filled anew by
 * each call. Nothing is allocated. Not thread-safe.
 */
public final class StatFs {
    /** Bytes. */
    public static final int SIZE = 120;

    private static final int TYPE = 0;
    private static final int BSIZE = 8;
    private static final int BLOCKS = 16;
    private static final int BFREE = 24;
    private static final int BAVAIL = 32;
    private static final int FILES = 40;
    private static final int FFREE = 48;
    private static final int NAMELEN = 64;
    private static final int FRSIZE = 72;

    private final MemorySegment statfs;

    /** Over {@link #SIZE} bytes, aligned to 8, of native memory of the caller's. */
    public StatFs(MemorySegment memory) {
        statfs = memory.asSlice(0, SIZE);
    }

    /**
     * Asks anew.
     *
     * @return 0 or {@code -errno}, and then this view means nothing
     */
    public long read(int fd) {
        return FsCalls.fstatfs(fd, statfs.address());
    }

    /** The magic number of the file system's type ({@code linux/magic.h}). */
    public long type() {
        return u64(TYPE);
    }

    /** Bytes of the preferred block. */
    public long blockSize() {
        return u64(BSIZE);
    }

    /** Bytes of the block that is counted in. */
    public long fragmentSize() {
        return u64(FRSIZE);
    }

    public long blocks() {
        return u64(BLOCKS);
    }

    public long freeBlocks() {
        return u64(BFREE);
    }

    /** Free for users without privilege. */
    public long availableBlocks() {
        return u64(BAVAIL);
    }

    public long files() {
        return u64(FILES);
    }

    public long freeFiles() {
        return u64(FFREE);
    }

    /** The longest name in bytes. */
    public long nameLength() {
        return u64(NAMELEN);
    }

    private long u64(int offset) {
        return statfs.get(ValueLayout.JAVA_LONG, offset);
    }
}
