package dev.jsbx.vmm.linux;

/**
 * File system calls on descriptors and single names, for servers of files. Every method returns the
 * kernel's answer, {@code -errno} when negative, and allocates nothing. Names and paths are
 * addresses of NUL-terminated bytes that the caller keeps alive.
 *
 * <p>None of these interprets a name: who takes names from a stranger checks that each is a single
 * component, or walks with {@link #openat2} and RESOLVE_BENEATH.
 */
public final class FsCalls {
    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_EACCESS = 0x200;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_NO_AUTOMOUNT = 0x800;
    public static final int AT_EMPTY_PATH = 0x1000;

    public static final int O_DSYNC = 0x1000;
    public static final int O_NOATIME = 0x40000;
    public static final int O_SYNC = 0x101000;
    public static final int O_TMPFILE = 0x410000;

    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    public static final int RWF_DSYNC = 2;
    public static final int RWF_SYNC = 4;
    public static final int RWF_APPEND = 0x10;

    public static final int SEEK_SET = 0;
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    private FsCalls() {}

    /** {@code openat(2)}; O_CLOEXEC is added. */
    public static long openat(int directory, long path, int flags, int mode) {
        return Syscall.call(Syscall.OPENAT, directory, path, flags | Files.O_CLOEXEC, mode);
    }

    /** {@code openat2(2)} as {@code how} says. */
    public static long openat2(int directory, long path, OpenHow how) {
        return Syscall.call(Syscall.OPENAT2, directory, path, how.address(), OpenHow.SIZE);
    }

    /** {@code close(2)}: the number is free afterwards, whatever the answer. */
    public static long close(int fd) {
        return Syscall.call(Syscall.CLOSE, fd);
    }

    /** A second descriptor of the same open file, close-on-exec. */
    public static long duplicate(int fd) {
        return Files.dupFd(fd);
    }

    /** {@code mkdirat(2)}. */
    public static long mkdirat(int directory, long name, int mode) {
        return Syscall.call(Syscall.MKDIRAT, directory, name, mode);
    }

    /** {@code mknodat(2)} of something without a device number. */
    public static long mknodat(int directory, long name, int mode) {
        return Syscall.call(Syscall.MKNODAT, directory, name, mode, 0);
    }

    /**
     * {@code unlinkat(2)}.
     *
     * @param flags 0, or {@link #AT_REMOVEDIR}
     */
    public static long unlinkat(int directory, long name, int flags) {
        return Syscall.call(Syscall.UNLINKAT, directory, name, flags);
    }

    /** {@code symlinkat(2)}. */
    public static long symlinkat(long target, int directory, long name) {
        return Syscall.call(Syscall.SYMLINKAT, target, directory, name);
    }

    /** {@code readlinkat(2)}: as many bytes as fit, without a NUL. */
    public static long readlinkat(int directory, long name, long to, long length) {
        return Syscall.call(Syscall.READLINKAT, directory, name, to, length);
    }

    /** {@code linkat(2)}. */
    public static long linkat(int fromDirectory, long from, int directory, long name, int flags) {
        return Syscall.call(Syscall.LINKAT, fromDirectory, from, directory, name, flags);
    }

    /** {@code renameat2(2)}. */
    public static long renameat2(
            int fromDirectory, long from, int toDirectory, long to, int flags) {
        return Syscall.call(Syscall.RENAMEAT2, fromDirectory, from, toDirectory, to, flags);
    }

    /** {@code fchmodat(2)}, which follows links: the last one must not be a stranger's. */
    public static long fchmodat(int directory, long path, int mode) {
        return Syscall.call(Syscall.FCHMODAT, directory, path, mode);
    }

    /** {@code fchownat(2)}; -1 leaves an id as it is. */
    public static long fchownat(int directory, long path, int uid, int gid, int flags) {
        return Syscall.call(Syscall.FCHOWNAT, directory, path, uid, gid, flags);
    }

    /**
     * {@code utimensat(2)}.
     *
     * @param times two {@code struct timespec}: access, then modification
     */
    public static long utimensat(int directory, long path, long times, int flags) {
        return Syscall.call(Syscall.UTIMENSAT, directory, path, times, flags);
    }

    /** {@code truncate(2)}, which follows links: the last one must not be a stranger's. */
    public static long truncate(long path, long size) {
        return Syscall.call(Syscall.TRUNCATE, path, size);
    }

    /** {@code ftruncate(2)}. */
    public static long ftruncate(int fd, long size) {
        return Syscall.call(Syscall.FTRUNCATE, fd, size);
    }

    /** {@code faccessat2(2)}. */
    public static long faccessat2(int directory, long path, int mode, int flags) {
        return Syscall.call(Syscall.FACCESSAT2, directory, path, mode, flags);
    }

    /** {@code getdents64(2)}: fills in {@code struct linux_dirent64}, see {@link Dirents}. */
    public static long getdents64(int fd, long to, long length) {
        return Syscall.call(Syscall.GETDENTS64, fd, to, length);
    }

    /** {@code lseek(2)}. */
    public static long lseek(int fd, long offset, int whence) {
        return Syscall.call(Syscall.LSEEK, fd, offset, whence);
    }

    /** {@code preadv2(2)} at a byte offset, or at the file's own position with -1. */
    public static long preadv2(int fd, long iovecs, int count, long offset, int flags) {
        return Syscall.call(Syscall.PREADV2, fd, iovecs, count, offset, 0, flags);
    }

    /** {@code pwritev2(2)} at a byte offset, with RWF_ flags. */
    public static long pwritev2(int fd, long iovecs, int count, long offset, int flags) {
        return Syscall.call(Syscall.PWRITEV2, fd, iovecs, count, offset, 0, flags);
    }

    /**
     * {@code copy_file_range(2)}.
     *
     * @param offsets two 64-bit offsets, in the source and then in the destination
     */
    public static long copyFileRange(int from, int to, long offsets, long length) {
        return Syscall.call(
                Syscall.COPY_FILE_RANGE, from, offsets, to, offsets + Long.BYTES, length, 0);
    }

    /** {@code syncfs(2)}. */
    public static long syncfs(int fd) {
        return Syscall.call(Syscall.SYNCFS, fd);
    }

    /**
     * {@code fstatfs(2)}.
     *
     * @param to {@code struct statfs}, see {@link StatFs}
     */
    static long fstatfs(int fd, long to) {
        return Syscall.call(Syscall.FSTATFS, fd, to);
    }

    /** {@code getxattr(2)}; length 0 asks for the size. */
    public static long getxattr(long path, long name, long to, long length) {
        return Syscall.call(Syscall.GETXATTR, path, name, to, length);
    }

    /** {@code setxattr(2)}. */
    public static long setxattr(long path, long name, long value, long length, int flags) {
        return Syscall.call(Syscall.SETXATTR, path, name, value, length, flags);
    }

    /** {@code listxattr(2)}; length 0 asks for the size. */
    public static long listxattr(long path, long to, long length) {
        return Syscall.call(Syscall.LISTXATTR, path, to, length);
    }

    /** {@code removexattr(2)}. */
    public static long removexattr(long path, long name) {
        return Syscall.call(Syscall.REMOVEXATTR, path, name);
    }
}
