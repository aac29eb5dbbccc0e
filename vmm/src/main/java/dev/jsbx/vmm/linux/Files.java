package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Opening and managing files by path or descriptor. */
public final class Files {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_DIRECT = 0x4000;
    public static final int O_DIRECTORY = 0x10000;
    public static final int O_NOFOLLOW = 0x20000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;

    public static final int FALLOC_FL_KEEP_SIZE = 1;
    public static final int FALLOC_FL_PUNCH_HOLE = 2;
    public static final int FALLOC_FL_ZERO_RANGE = 0x10;

    private static final int AT_FDCWD = -100;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int BLOCK = 512; // of stx_blocks, whatever the file system's are
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final long COPY_BUFFER = 1 << 20;
    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final long FICLONE = Ioctl.iow(0x94, 9, Integer.BYTES);

    private Files() {}

    /**
     * Opens a file of the host, close-on-exec.
     *
     * @param flags O_RDONLY and the like
     * @throws LinuxException naming path and reason
     */
    public static Fd open(Path path, int flags) {
        return open(path, flags, 0);
    }

    /** The same; {@code mode} are the permissions of a file that O_CREAT makes. */
    public static Fd open(Path path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long fd =
                    Syscall.call(
                            Syscall.OPENAT,
                            AT_FDCWD,
                            CString.of(arena, path.toString()).address(),
                            flags | O_CLOEXEC,
                            mode);
            return Fd.owning((int) Syscall.check(fd, "open(\"%s\", %#x)", path, flags));
        }
    }

    /** Sets a file's length in bytes. */
    public static void truncate(Fd fd, long size) {
        Syscall.check(
                Syscall.call(Syscall.FTRUNCATE, fd.number(), size), "ftruncate(%s, %d)", fd, size);
    }

    /** The length in bytes of a file or block device, by seeking to its end. */
    public static long size(Fd fd) {
        return Syscall.check(
                Syscall.call(Syscall.LSEEK, fd.number(), 0, SEEK_END), "lseek(%s, SEEK_END)", fd);
    }

    /** What a file takes on its disk in bytes; holes take nothing. */
    public static long allocated(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            Statx statx = new Statx(arena.allocate(Statx.SIZE, Long.BYTES));
            long name = CString.of(arena, path.toString()).address();
            Syscall.check(statx.read(AT_FDCWD, name, 0), "statx(\"%s\")", path);
            return statx.blocks() * BLOCK;
        }
    }

    /**
     * Takes an exclusive lock on an open file without waiting ({@code flock(2)}); it goes with the
     * last descriptor, so also with a killed process.
     *
     * @return whether the lock was free
     */
    public static boolean tryLock(Fd fd) {
        long result = Syscall.call(Syscall.FLOCK, fd.number(), LOCK_EX | LOCK_NB);
        if (result == -Errno.EAGAIN) {
            return false;
        }
        Syscall.check(result, "flock(%s, LOCK_EX)", fd);
        return true;
    }

    /**
     * Makes {@code to} a copy of {@code from}, holes included: shared blocks where the file system
     * can ({@code FICLONE}), else a copy of the data alone, by the kernel where both files are on
     * one file system.
     *
     * @param to open for writing, empty
     */
    public static void copySparse(Fd from, Fd to) {
        if (Ioctl.raw(to.number(), FICLONE, from.number()) == 0) {
            return;
        }
        long size = size(from);
        truncate(to, size);
        long at = 0;
        while (at < size) {
            long data = Syscall.call(Syscall.LSEEK, from.number(), at, SEEK_DATA);
            if (data == -Errno.ENXIO) {
                return; // a hole up to the end
            }
            Syscall.check(data, "lseek(%s, %d, SEEK_DATA)", from, at);
            long hole = Syscall.call(Syscall.LSEEK, from.number(), data, SEEK_HOLE);
            Syscall.check(hole, "lseek(%s, %d, SEEK_HOLE)", from, data);
            copyRange(from, to, data, hole);
            at = hole;
        }
    }

    private static void copyRange(Fd from, Fd to, long start, long end) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_LONG, start);
            MemorySegment out = arena.allocateFrom(ValueLayout.JAVA_LONG, start);
            while (in.get(ValueLayout.JAVA_LONG, 0) < end) {
                long left = end - in.get(ValueLayout.JAVA_LONG, 0);
                long n =
                        Syscall.call(
                                Syscall.COPY_FILE_RANGE,
                                from.number(),
                                in.address(),
                                to.number(),
                                out.address(),
                                left,
                                0);
                if (n == -Errno.EXDEV || n == -Errno.EOPNOTSUPP || n == -Errno.ENOSYS) {
                    copyThrough(arena, from, to, end - left, end);
                    return;
                }
                Syscall.check(n == 0 ? -Errno.EIO : n, "copy_file_range(%s, %s)", from, to);
            }
        }
    }

    private static void copyThrough(Arena arena, Fd from, Fd to, long start, long end) {
        MemorySegment buffer = arena.allocate(COPY_BUFFER);
        long at = start;
        while (at < end) {
            long wanted = Math.min(buffer.byteSize(), end - at);
            long got = Syscall.call(Syscall.PREAD64, from.number(), buffer.address(), wanted, at);
            Syscall.check(got == 0 ? -Errno.EIO : got, "pread(%s, %d)", from, at);
            long put = Syscall.call(Syscall.PWRITE64, to.number(), buffer.address(), got, at);
            Syscall.check(put == 0 ? -Errno.EIO : put, "pwrite(%s, %d)", to, at);
            at += put;
        }
    }

    static long dupFd(int fd) {
        return Syscall.call(Syscall.FCNTL, fd, F_DUPFD_CLOEXEC, 0);
    }
}
