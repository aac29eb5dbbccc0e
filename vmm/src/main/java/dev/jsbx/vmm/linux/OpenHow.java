package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct open_how} of {@code openat2(2)}: flags, mode, and how far a walk may go. Not
 * thread-safe.
 */
public final class OpenHow {
    /** The walk does not cross a mount point. */
    public static final int RESOLVE_NO_XDEV = 1;

    /** It follows no link of the kind of {@code /proc/self/fd/1}. */
    public static final int RESOLVE_NO_MAGICLINKS = 2;

    /** It follows no symbolic link at all, the last component included. */
    public static final int RESOLVE_NO_SYMLINKS = 4;

    /** It does not leave the directory it starts from, not for a moment. */
    public static final int RESOLVE_BENEATH = 8;

    /** Bytes. */
    public static final int SIZE = 24;

    private static final int FLAGS = 0;
    private static final int MODE = 8;
    private static final int RESOLVE = 16;

    private final MemorySegment how;

    /** Over {@link #SIZE} bytes, aligned to 8, of native memory of the caller's. */
    public OpenHow(MemorySegment memory) {
        how = memory.asSlice(0, SIZE);
    }

    /** Sets all three; O_CLOEXEC is added. The mode must be 0 unless the call makes a file. */
    public OpenHow set(int flags, int mode, int resolve) {
        how.set(ValueLayout.JAVA_LONG, FLAGS, flags | Files.O_CLOEXEC);
        how.set(ValueLayout.JAVA_LONG, MODE, mode);
        how.set(ValueLayout.JAVA_LONG, RESOLVE, resolve);
        return this;
    }

    long address() {
        return how.address();
    }
}
