package dev.jsbx.vmm.linux;

import java.lang.foreign.Arena;
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
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int SEEK_END = 2;

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

    static long dupFd(int fd) {
        return Syscall.call(Syscall.FCNTL, fd, F_DUPFD_CLOEXEC, 0);
    }
}
