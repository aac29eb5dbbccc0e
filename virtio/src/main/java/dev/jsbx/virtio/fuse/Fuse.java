package dev.jsbx.virtio.fuse;

/** Versions and flags of the protocol, by their names in {@code linux/fuse.h}. */
public final class Fuse {
    public static final int FUSE_KERNEL_VERSION = 7;

    /** The newest minor version whose meaning this side knows. */
    public static final int FUSE_KERNEL_MINOR_VERSION = 40;

    /** Kernels before it (Linux 5.0) know no INIT with {@code max_pages}. */
    public static final int OLDEST_MINOR_VERSION = 28;

    /** The node of the root directory. */
    public static final long FUSE_ROOT_ID = 1;

    // INIT: what both sides can do. Bits from 32 up travel in flags2.
    public static final long FUSE_ASYNC_READ = 1;
    public static final long FUSE_POSIX_LOCKS = 1 << 1;
    public static final long FUSE_ATOMIC_O_TRUNC = 1 << 3;
    public static final long FUSE_BIG_WRITES = 1 << 5;
    public static final long FUSE_FLOCK_LOCKS = 1 << 10;
    public static final long FUSE_AUTO_INVAL_DATA = 1 << 12;
    public static final long FUSE_DO_READDIRPLUS = 1 << 13;
    public static final long FUSE_READDIRPLUS_AUTO = 1 << 14;
    public static final long FUSE_ASYNC_DIO = 1 << 15;
    public static final long FUSE_WRITEBACK_CACHE = 1 << 16;
    public static final long FUSE_PARALLEL_DIROPS = 1 << 18;
    public static final long FUSE_MAX_PAGES = 1 << 22;
    public static final long FUSE_CACHE_SYMLINKS = 1 << 23;
    public static final long FUSE_MAP_ALIGNMENT = 1 << 26;
    public static final long FUSE_SUBMOUNTS = 1 << 27;
    public static final long FUSE_HANDLE_KILLPRIV_V2 = 1 << 28;
    public static final long FUSE_INIT_EXT = 1 << 30;
    public static final long FUSE_HAS_INODE_DAX = 1L << 33;
    public static final long FUSE_DIRECT_IO_ALLOW_MMAP = 1L << 36;

    // SETATTR: which fields are meant.
    public static final int FATTR_MODE = 1;
    public static final int FATTR_UID = 1 << 1;
    public static final int FATTR_GID = 1 << 2;
    public static final int FATTR_SIZE = 1 << 3;
    public static final int FATTR_ATIME = 1 << 4;
    public static final int FATTR_MTIME = 1 << 5;
    public static final int FATTR_FH = 1 << 6;
    public static final int FATTR_ATIME_NOW = 1 << 7;
    public static final int FATTR_MTIME_NOW = 1 << 8;
    public static final int FATTR_KILL_SUIDGID = 1 << 11;

    // OPEN and CREATE: how the guest may cache the open file.
    public static final int FOPEN_DIRECT_IO = 1;
    public static final int FOPEN_KEEP_CACHE = 1 << 1;
    public static final int FOPEN_CACHE_DIR = 1 << 3;
    public static final int FOPEN_NOFLUSH = 1 << 5;
    public static final int FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

    public static final int FUSE_GETATTR_FH = 1;
    public static final int FUSE_LK_FLOCK = 1;
    public static final int FUSE_RELEASE_FLOCK_UNLOCK = 1 << 1;
    public static final int FUSE_WRITE_CACHE = 1;
    public static final int FUSE_WRITE_KILL_SUIDGID = 1 << 2;
    public static final int FUSE_FSYNC_FDATASYNC = 1;
    public static final int FUSE_OPEN_KILL_SUIDGID = 1;
    public static final int FUSE_ATTR_SUBMOUNT = 1;
    public static final int FUSE_ATTR_DAX = 1 << 1;
    public static final int FUSE_SETUPMAPPING_FLAG_WRITE = 1;
    public static final int FUSE_SETUPMAPPING_FLAG_READ = 1 << 1;

    private Fuse() {}
}
