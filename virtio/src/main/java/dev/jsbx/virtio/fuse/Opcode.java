package dev.jsbx.virtio.fuse;

/** What a request asks for ({@code enum fuse_opcode}). */
public final class Opcode {
    public static final int FUSE_LOOKUP = 1;
    public static final int FUSE_FORGET = 2;
    public static final int FUSE_GETATTR = 3;
    public static final int FUSE_SETATTR = 4;
    public static final int FUSE_READLINK = 5;
    public static final int FUSE_SYMLINK = 6;
    public static final int FUSE_MKNOD = 8;
    public static final int FUSE_MKDIR = 9;
    public static final int FUSE_UNLINK = 10;
    public static final int FUSE_RMDIR = 11;
    public static final int FUSE_RENAME = 12;
    public static final int FUSE_LINK = 13;
    public static final int FUSE_OPEN = 14;
    public static final int FUSE_READ = 15;
    public static final int FUSE_WRITE = 16;
    public static final int FUSE_STATFS = 17;
    public static final int FUSE_RELEASE = 18;
    public static final int FUSE_FSYNC = 20;
    public static final int FUSE_SETXATTR = 21;
    public static final int FUSE_GETXATTR = 22;
    public static final int FUSE_LISTXATTR = 23;
    public static final int FUSE_REMOVEXATTR = 24;
    public static final int FUSE_FLUSH = 25;
    public static final int FUSE_INIT = 26;
    public static final int FUSE_OPENDIR = 27;
    public static final int FUSE_READDIR = 28;
    public static final int FUSE_RELEASEDIR = 29;
    public static final int FUSE_FSYNCDIR = 30;
    public static final int FUSE_GETLK = 31;
    public static final int FUSE_SETLK = 32;
    public static final int FUSE_SETLKW = 33;
    public static final int FUSE_ACCESS = 34;
    public static final int FUSE_CREATE = 35;
    public static final int FUSE_INTERRUPT = 36;
    public static final int FUSE_BMAP = 37;
    public static final int FUSE_DESTROY = 38;
    public static final int FUSE_IOCTL = 39;
    public static final int FUSE_POLL = 40;
    public static final int FUSE_NOTIFY_REPLY = 41;
    public static final int FUSE_BATCH_FORGET = 42;
    public static final int FUSE_FALLOCATE = 43;
    public static final int FUSE_READDIRPLUS = 44;
    public static final int FUSE_RENAME2 = 45;
    public static final int FUSE_LSEEK = 46;
    public static final int FUSE_COPY_FILE_RANGE = 47;
    public static final int FUSE_SETUPMAPPING = 48;
    public static final int FUSE_REMOVEMAPPING = 49;
    public static final int FUSE_SYNCFS = 50;
    public static final int FUSE_TMPFILE = 51;
    public static final int FUSE_STATX = 52;

    private Opcode() {}
}
