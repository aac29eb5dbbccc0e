package dev.jsbx.virtio.fuse;

/**
 * Where the fields of each reply stand. Unlike {@link In}, in bytes from the structure's own
 * beginning, since a reply may hold several.
 */
public final class Out {
    private Out() {}

    /** {@code struct fuse_out_header}, at the head of each reply. */
    public static final class Header {
        public static final int LEN = 0;
        public static final int ERROR = 4;
        public static final int UNIQUE = 8;
        public static final int SIZE = 16;

        private Header() {}
    }

    /** {@code struct fuse_attr}. */
    public static final class Attributes {
        public static final int INO = 0;
        public static final int LENGTH = 8;
        public static final int BLOCKS = 16;
        public static final int ATIME = 24;
        public static final int MTIME = 32;
        public static final int CTIME = 40;
        public static final int ATIMENSEC = 48;
        public static final int MTIMENSEC = 52;
        public static final int CTIMENSEC = 56;
        public static final int MODE = 60;
        public static final int NLINK = 64;
        public static final int UID = 68;
        public static final int GID = 72;
        public static final int RDEV = 76;
        public static final int BLKSIZE = 80;
        public static final int FLAGS = 84;
        public static final int SIZE = 88;

        private Attributes() {}
    }

    /** {@code struct fuse_entry_out}. */
    public static final class Entry {
        public static final int NODEID = 0;
        public static final int GENERATION = 8;
        public static final int ENTRY_VALID = 16;
        public static final int ATTR_VALID = 24;
        public static final int ENTRY_VALID_NSEC = 32;
        public static final int ATTR_VALID_NSEC = 36;
        public static final int ATTR = 40;
        public static final int SIZE = ATTR + Attributes.SIZE;

        private Entry() {}
    }

    /** {@code struct fuse_attr_out}. */
    public static final class Attr {
        public static final int ATTR_VALID = 0;
        public static final int ATTR_VALID_NSEC = 8;
        public static final int ATTR = 16;
        public static final int SIZE = ATTR + Attributes.SIZE;

        private Attr() {}
    }

    /** {@code struct fuse_open_out}. */
    public static final class Open {
        public static final int FH = 0;
        public static final int OPEN_FLAGS = 8;
        public static final int SIZE = 16;

        private Open() {}
    }

    /** {@code struct fuse_write_out}, also of COPY_FILE_RANGE. */
    public static final class Write {
        public static final int BYTES = 0;
        public static final int SIZE = 8;

        private Write() {}
    }

    /** {@code struct fuse_statfs_out}. */
    public static final class Statfs {
        public static final int BLOCKS = 0;
        public static final int BFREE = 8;
        public static final int BAVAIL = 16;
        public static final int FILES = 24;
        public static final int FFREE = 32;
        public static final int BSIZE = 40;
        public static final int NAMELEN = 44;
        public static final int FRSIZE = 48;
        public static final int SIZE = 80;

        private Statfs() {}
    }

    /** {@code struct fuse_getxattr_out}, where only a size was asked for. */
    public static final class Getxattr {
        public static final int BYTES = 0;
        public static final int SIZE = 8;

        private Getxattr() {}
    }

    /** {@code struct fuse_lk_out}. */
    public static final class Lk {
        public static final int START = 0;
        public static final int END = 8;
        public static final int TYPE = 16;
        public static final int PID = 20;
        public static final int SIZE = 24;

        private Lk() {}
    }

    /** {@code struct fuse_init_out}. */
    public static final class Init {
        public static final int MAJOR = 0;
        public static final int MINOR = 4;
        public static final int MAX_READAHEAD = 8;
        public static final int FLAGS = 12;
        public static final int MAX_BACKGROUND = 16;
        public static final int CONGESTION_THRESHOLD = 18;
        public static final int MAX_WRITE = 20;
        public static final int TIME_GRAN = 24;
        public static final int MAX_PAGES = 28;
        public static final int MAP_ALIGNMENT = 30;
        public static final int FLAGS2 = 32;
        public static final int SIZE = 64;

        private Init() {}
    }

    /** {@code struct fuse_lseek_out}. */
    public static final class Lseek {
        public static final int OFFSET = 0;
        public static final int SIZE = 8;

        private Lseek() {}
    }

    /** {@code struct fuse_statx_out}; from STAT on {@code struct fuse_statx}. */
    public static final class Statx {
        public static final int ATTR_VALID = 0;
        public static final int ATTR_VALID_NSEC = 8;
        private static final int STAT = 32;
        public static final int MASK = STAT;
        public static final int BLKSIZE = STAT + 4;
        public static final int NLINK = STAT + 16;
        public static final int UID = STAT + 20;
        public static final int GID = STAT + 24;
        public static final int MODE = STAT + 28;
        public static final int INO = STAT + 32;
        public static final int LENGTH = STAT + 40;
        public static final int BLOCKS = STAT + 48;
        public static final int ATIME = STAT + 64;
        public static final int BTIME = STAT + 80;
        public static final int CTIME = STAT + 96;
        public static final int MTIME = STAT + 112;
        public static final int TIME_NSEC = 8;
        public static final int SIZE = STAT + 256;

        private Statx() {}
    }

    /** {@code struct fuse_dirent}; the name follows, padded so that the next starts at 8 × n. */
    public static final class Dirent {
        public static final int INO = 0;
        public static final int OFF = 8;
        public static final int NAMELEN = 16;
        public static final int TYPE = 20;
        public static final int NAME = 24;

        /** FUSE_DIRENT_SIZE: bytes of an entry with a name of that length. */
        public static int size(int nameLength) {
            return (NAME + nameLength + 7) & -8;
        }

        private Dirent() {}
    }
}
