package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;

/**
 * Moving bytes between descriptors and memory. For hot paths: every method returns the kernel's
 * answer, {@code -errno} when negative, and allocates nothing. Addresses come from native segments
 * that the caller keeps alive, and were checked by whoever made them.
 */
public final class Io {
    /** Bytes of a {@code struct iovec}: a 64-bit address and a 64-bit length. */
    public static final int IOVEC_SIZE = 16;

    /** The most iovecs one call takes ({@code UIO_MAXIOV}). */
    public static final int IOV_MAX = 1024;

    private Io() {}

    /** {@code read(2)} into the whole segment. */
    public static long read(int fd, MemorySegment to) {
        return Syscall.call(Syscall.READ, fd, to.address(), to.byteSize());
    }

    /** {@code write(2)} of the whole segment. */
    public static long write(int fd, MemorySegment from) {
        return Syscall.call(Syscall.WRITE, fd, from.address(), from.byteSize());
    }

    /** {@code read(2)} to a checked native address. */
    public static long read(int fd, long address, long length) {
        return Syscall.call(Syscall.READ, fd, address, length);
    }

    /** {@code write(2)} from a checked native address. */
    public static long write(int fd, long address, long length) {
        return Syscall.call(Syscall.WRITE, fd, address, length);
    }

    /** {@code pread(2)} at a byte offset. */
    public static long pread(int fd, long address, long length, long offset) {
        return Syscall.call(Syscall.PREAD64, fd, address, length, offset);
    }

    /** {@code pwrite(2)} at a byte offset. */
    public static long pwrite(int fd, long address, long length, long offset) {
        return Syscall.call(Syscall.PWRITE64, fd, address, length, offset);
    }

    /** {@code readv(2)} with {@code count} iovecs, at most {@link #IOV_MAX}. */
    public static long readv(int fd, long iovecs, int count) {
        return Syscall.call(Syscall.READV, fd, iovecs, count);
    }

    /** {@code writev(2)} with {@code count} iovecs, at most {@link #IOV_MAX}. */
    public static long writev(int fd, long iovecs, int count) {
        return Syscall.call(Syscall.WRITEV, fd, iovecs, count);
    }

    /** {@code preadv(2)} with {@code count} iovecs at a byte offset. */
    public static long preadv(int fd, long iovecs, int count, long offset) {
        return Syscall.call(Syscall.PREADV, fd, iovecs, count, offset, 0);
    }

    /** {@code pwritev(2)} with {@code count} iovecs at a byte offset. */
    public static long pwritev(int fd, long iovecs, int count, long offset) {
        return Syscall.call(Syscall.PWRITEV, fd, iovecs, count, offset, 0);
    }

    /** {@code fsync(2)}: data and metadata reach the disk. */
    public static long fsync(int fd) {
        return Syscall.call(Syscall.FSYNC, fd);
    }

    /** {@code fdatasync(2)}: the data, and what is needed to read it back, reach the disk. */
    public static long fdatasync(int fd) {
        return Syscall.call(Syscall.FDATASYNC, fd);
    }

    /**
     * {@code fallocate(2)}.
     *
     * @param mode a combination of {@link Files}' FALLOC_FL bits
     */
    public static long fallocate(int fd, int mode, long offset, long length) {
        return Syscall.call(Syscall.FALLOCATE, fd, mode, offset, length);
    }

    /** Fills native memory with random bytes ({@code getrandom(2)}). */
    public static long random(long address, long length) {
        return Syscall.call(Syscall.GETRANDOM, address, length, 0);
    }
}
