package dev.jsbx.vmm.linux;

/** Pages of this process's memory that are no longer needed. */
public final class Pages {
    /** Bytes of a page, the smallest unit of {@link #release}. */
    public static final int SIZE = 4096;

    private Pages() {}

    /**
     * Gives the whole pages within a range of a mapping back to the kernel ({@code madvise(2)}):
     * they read as zeros from then on, for everybody who shares them.
     *
     * @param address of the first byte, in a mapping that the caller keeps alive
     * @param length in bytes
     * @return bytes that were given back
     */
    public static long release(long address, long length) {
        long start = address + SIZE - 1 & -SIZE;
        long bytes = (address + length & -SIZE) - start;
        if (bytes <= 0) {
            return 0;
        }
        // A shared mapping's pages belong to its file; the private ones' to nobody else.
        if (Syscall.call(Syscall.MADVISE, start, bytes, Mapping.MADV_REMOVE) == 0
                || Syscall.call(Syscall.MADVISE, start, bytes, Mapping.MADV_DONTNEED) == 0) {
            return bytes;
        }
        return 0;
    }
}
