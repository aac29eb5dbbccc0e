package dev.jsbx.virtio.fuse;

/**
 * Where the fields of each request stand, in bytes from the request's beginning; {@code SIZE} is
 * where the structure ends, and names or data begin.
 */
public final class In {
    private In() {}

    /** {@code struct fuse_in_header}, at the head of each request. */
    public static final class Header {
        public static final int LEN = 0;
        public static final int OPCODE = 4;
        public static final int UNIQUE = 8;
        public static final int NODEID = 16;
        public static final int UID = 24;
        public static final int GID = 28;
        public static final int PID = 32;
        public static final int SIZE = 40;

        private Header() {}
    }

    /** {@code struct fuse_forget_in}. */
    public static final class Forget {
        public static final int NLOOKUP = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Forget() {}
    }

    /** {@code struct fuse_batch_forget_in}, followed by {@code struct fuse_forget_one} × count. */
    public static final class BatchForget {
        public static final int COUNT = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;
        public static final int ONE_NODEID = 0;
        public static final int ONE_NLOOKUP = 8;
        public static final int ONE_SIZE = 16;

        private BatchForget() {}
    }

    /** {@code struct fuse_getattr_in}. */
    public static final class Getattr {
        public static final int FLAGS = Header.SIZE;
        public static final int FH = Header.SIZE + 8;
        public static final int SIZE = Header.SIZE + 16;

        private Getattr() {}
    }

    /** {@code struct fuse_setattr_in}. */
    public static final class Setattr {
        public static final int VALID = Header.SIZE;
        public static final int FH = Header.SIZE + 8;
        public static final int LENGTH = Header.SIZE + 16;
        public static final int ATIME = Header.SIZE + 32;
        public static final int MTIME = Header.SIZE + 40;
        public static final int ATIMENSEC = Header.SIZE + 56;
        public static final int MTIMENSEC = Header.SIZE + 60;
        public static final int MODE = Header.SIZE + 68;
        public static final int UID = Header.SIZE + 76;
        public static final int GID = Header.SIZE + 80;
        public static final int SIZE = Header.SIZE + 88;

        private Setattr() {}
    }

    /** {@code struct fuse_mknod_in}. */
    public static final class Mknod {
        public static final int MODE = Header.SIZE;
        public static final int RDEV = Header.SIZE + 4;
        public static final int SIZE = Header.SIZE + 16;

        private Mknod() {}
    }

    /** {@code struct fuse_mkdir_in}. */
    public static final class Mkdir {
        public static final int MODE = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Mkdir() {}
    }

    /** {@code struct fuse_rename_in}. */
    public static final class Rename {
        public static final int NEWDIR = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Rename() {}
    }

    /** {@code struct fuse_rename2_in}. */
    public static final class Rename2 {
        public static final int NEWDIR = Header.SIZE;
        public static final int FLAGS = Header.SIZE + 8;
        public static final int SIZE = Header.SIZE + 16;

        private Rename2() {}
    }

    /** {@code struct fuse_link_in}. */
    public static final class Link {
        public static final int OLDNODEID = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Link() {}
    }

    /** {@code struct fuse_open_in}. */
    public static final class Open {
        public static final int FLAGS = Header.SIZE;
        public static final int OPEN_FLAGS = Header.SIZE + 4;
        public static final int SIZE = Header.SIZE + 8;

        private Open() {}
    }

    /** {@code struct fuse_create_in}. */
    public static final class Create {
        public static final int FLAGS = Header.SIZE;
        public static final int MODE = Header.SIZE + 4;
        public static final int OPEN_FLAGS = Header.SIZE + 12;
        public static final int SIZE = Header.SIZE + 16;

        private Create() {}
    }

    /** {@code struct fuse_read_in}, of READ, READDIR and READDIRPLUS. */
    public static final class Read {
        public static final int FH = Header.SIZE;
        public static final int OFFSET = Header.SIZE + 8;
        public static final int BYTES = Header.SIZE + 16;
        public static final int SIZE = Header.SIZE + 40;

        private Read() {}
    }

    /** {@code struct fuse_write_in}. */
    public static final class Write {
        public static final int FH = Header.SIZE;
        public static final int OFFSET = Header.SIZE + 8;
        public static final int BYTES = Header.SIZE + 16;
        public static final int WRITE_FLAGS = Header.SIZE + 20;
        public static final int FLAGS = Header.SIZE + 32;
        public static final int SIZE = Header.SIZE + 40;

        private Write() {}
    }

    /** {@code struct fuse_release_in}. */
    public static final class Release {
        public static final int FH = Header.SIZE;
        public static final int RELEASE_FLAGS = Header.SIZE + 12;
        public static final int LOCK_OWNER = Header.SIZE + 16;
        public static final int SIZE = Header.SIZE + 24;

        private Release() {}
    }

    /** {@code struct fuse_flush_in}. */
    public static final class Flush {
        public static final int FH = Header.SIZE;
        public static final int LOCK_OWNER = Header.SIZE + 16;
        public static final int SIZE = Header.SIZE + 24;

        private Flush() {}
    }

    /** {@code struct fuse_fsync_in}. */
    public static final class Fsync {
        public static final int FH = Header.SIZE;
        public static final int FSYNC_FLAGS = Header.SIZE + 8;
        public static final int SIZE = Header.SIZE + 16;

        private Fsync() {}
    }

    /** {@code struct fuse_setxattr_in} without FUSE_SETXATTR_EXT, then the name, then the value. */
    public static final class Setxattr {
        public static final int BYTES = Header.SIZE;
        public static final int FLAGS = Header.SIZE + 4;
        public static final int SIZE = Header.SIZE + 8;

        private Setxattr() {}
    }

    /** {@code struct fuse_getxattr_in}, of GETXATTR and LISTXATTR. */
    public static final class Getxattr {
        public static final int BYTES = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Getxattr() {}
    }

    /** {@code struct fuse_lk_in}. */
    public static final class Lk {
        public static final int FH = Header.SIZE;
        public static final int OWNER = Header.SIZE + 8;
        public static final int START = Header.SIZE + 16;
        public static final int END = Header.SIZE + 24;
        public static final int TYPE = Header.SIZE + 32;
        public static final int PID = Header.SIZE + 36;
        public static final int LK_FLAGS = Header.SIZE + 40;
        public static final int SIZE = Header.SIZE + 48;

        private Lk() {}
    }

    /** {@code struct fuse_access_in}. */
    public static final class Access {
        public static final int MASK = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Access() {}
    }

    /** {@code struct fuse_init_in}; from FLAGS2 on only with FUSE_INIT_EXT. */
    public static final class Init {
        public static final int MAJOR = Header.SIZE;
        public static final int MINOR = Header.SIZE + 4;
        public static final int MAX_READAHEAD = Header.SIZE + 8;
        public static final int FLAGS = Header.SIZE + 12;
        public static final int SIZE = Header.SIZE + 16;
        public static final int FLAGS2 = Header.SIZE + 16;
        public static final int SIZE_EXT = Header.SIZE + 64;

        private Init() {}
    }

    /** {@code struct fuse_interrupt_in}. */
    public static final class Interrupt {
        public static final int UNIQUE = Header.SIZE;
        public static final int SIZE = Header.SIZE + 8;

        private Interrupt() {}
    }

    /** {@code struct fuse_fallocate_in}. */
    public static final class Fallocate {
        public static final int FH = Header.SIZE;
        public static final int OFFSET = Header.SIZE + 8;
        public static final int LENGTH = Header.SIZE + 16;
        public static final int MODE = Header.SIZE + 24;
        public static final int SIZE = Header.SIZE + 32;

        private Fallocate() {}
    }

    /** {@code struct fuse_lseek_in}. */
    public static final class Lseek {
        public static final int FH = Header.SIZE;
        public static final int OFFSET = Header.SIZE + 8;
        public static final int WHENCE = Header.SIZE + 16;
        public static final int SIZE = Header.SIZE + 24;

        private Lseek() {}
    }

    /** {@code struct fuse_copy_file_range_in}. */
    public static final class CopyFileRange {
        public static final int FH_IN = Header.SIZE;
        public static final int OFF_IN = Header.SIZE + 8;
        public static final int NODEID_OUT = Header.SIZE + 16;
        public static final int FH_OUT = Header.SIZE + 24;
        public static final int OFF_OUT = Header.SIZE + 32;
        public static final int LEN = Header.SIZE + 40;
        public static final int FLAGS = Header.SIZE + 48;
        public static final int SIZE = Header.SIZE + 56;

        private CopyFileRange() {}
    }

    /** {@code struct fuse_statx_in}. */
    public static final class Statx {
        public static final int GETATTR_FLAGS = Header.SIZE;
        public static final int FH = Header.SIZE + 8;
        public static final int SIZE = Header.SIZE + 24;

        private Statx() {}
    }

    /** {@code struct fuse_setupmapping_in}. */
    public static final class Setupmapping {
        public static final int FH = Header.SIZE;
        public static final int FOFFSET = Header.SIZE + 8;
        public static final int LEN = Header.SIZE + 16;
        public static final int FLAGS = Header.SIZE + 24;
        public static final int MOFFSET = Header.SIZE + 32;
        public static final int SIZE = Header.SIZE + 40;

        private Setupmapping() {}
    }

    /**
     * {@code struct fuse_removemapping_in}, followed by {@code struct fuse_removemapping_one} ×
     * count, which begin at no multiple of 8.
     */
    public static final class Removemapping {
        public static final int COUNT = Header.SIZE;
        public static final int SIZE = Header.SIZE + 4;
        public static final int ONE_MOFFSET = 0;
        public static final int ONE_LEN = 8;
        public static final int ONE_SIZE = 16;

        private Removemapping() {}
    }
}
