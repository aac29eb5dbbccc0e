package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A mapping of memory into this process ({@code mmap(2)}), unmapped by {@link #close}.
 *
 * <p>The segment belongs to a shared arena: any thread may use it, and after {@code close} every
 * access throws instead of touching memory that is gone. Closing costs a handshake with all threads
 * (14 to 80 µs), so a mapping lives as long as its machine, never as long as a request.
 */
public final class Mapping implements AutoCloseable {
    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MADV_DONTNEED = 4;
    public static final int MADV_REMOVE = 9;
    public static final int MADV_HUGEPAGE = 14;
    public static final int MADV_DONTDUMP = 16;
    public static final int MADV_POPULATE_READ = 22;
    public static final int MADV_POPULATE_WRITE = 23;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    @SuppressWarnings("restricted") // the one place where an address becomes memory with a length
    private Mapping(long address, long length) {
        segment =
                MemorySegment.ofAddress(address)
                        .reinterpret(length, arena, unmapped -> unmap(address, length));
    }

    /**
     * Maps a file or, with {@link #MAP_ANONYMOUS}, fresh memory.
     *
     * @param length in bytes, above 0; the kernel rounds up to pages
     * @param fd the file, or -1 with MAP_ANONYMOUS
     * @param offset in the file in bytes, a multiple of the page size
     * @throws LinuxException if the kernel refuses
     */
    public static Mapping map(long length, int protection, int flags, int fd, long offset) {
        long address = Syscall.call(Syscall.MMAP, 0, length, protection, flags, fd, offset);
        Syscall.check(
                address,
                "mmap(%d bytes, protection %d, flags %#x, fd %d, offset %d)",
                length,
                protection,
                flags,
                fd,
                offset);
        return new Mapping(address, length);
    }

    /** Maps {@code length} bytes of a file, readable, writable and shared with it. */
    public static Mapping shared(Fd fd, long offset, long length) {
        return map(length, PROT_READ | PROT_WRITE, MAP_SHARED, fd.number(), offset);
    }

    /** Maps fresh zeroed private memory. */
    public static Mapping anonymous(long length) {
        return map(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    /** The mapped memory; its length is the one asked for. */
    public MemorySegment segment() {
        return segment;
    }

    public long address() {
        return segment.address();
    }

    /**
     * Gives the kernel advice on a part of the mapping.
     *
     * @return 0 or {@code -errno}; advice that is refused does no harm
     */
    public long advise(long offset, long length, int advice) {
        java.util.Objects.checkFromIndexSize(offset, length, segment.byteSize());
        return Syscall.call(Syscall.MADVISE, segment.address() + offset, length, advice);
    }

    /**
     * Replaces a part of this mapping by a part of a file ({@code MAP_FIXED}), for windows such as
     * DAX's.
     *
     * @return 0 or {@code -errno}
     */
    public long replace(long offset, long length, int protection, int flags, int fd, long at) {
        java.util.Objects.checkFromIndexSize(offset, length, segment.byteSize());
        long result =
                Syscall.call(
                        Syscall.MMAP,
                        segment.address() + offset,
                        length,
                        protection,
                        flags | MAP_FIXED,
                        fd,
                        at);
        return result < 0 && result >= -4095 ? result : 0;
    }

    /**
     * Whether {@link #replace} with a file would succeed, found out elsewhere in the address space:
     * where it does not, some kernels leave nothing at all mapped.
     *
     * @return 0 or {@code -errno}
     */
    public static long tryMap(long length, int protection, int flags, int fd, long offset) {
        long at = Syscall.call(Syscall.MMAP, 0, length, protection, flags, fd, offset);
        if (at < 0 && at >= -4095) {
            return at;
        }
        unmap(at, length);
        return 0;
    }

    /** Locks the pages into memory. @return 0 or {@code -errno} */
    public long lock() {
        return Syscall.call(Syscall.MLOCK, segment.address(), segment.byteSize());
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static void unmap(long address, long length) {
        Syscall.call(Syscall.MUNMAP, address, length);
    }
}
