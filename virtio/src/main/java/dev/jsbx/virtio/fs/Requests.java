package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;

/** What is known of each opcode before its request is looked at. */
final class Requests {
    /** Who serves it. */
    enum Kind {
        NAME,
        FILE,
        LOCK,
        ATTRIBUTE,
        SESSION,
        UNKNOWN
    }

    private static final int COUNT = 64;
    private static final Kind[] KINDS = new Kind[COUNT];
    private static final int[] SIZES = new int[COUNT];
    private static final boolean[] CHANGES = new boolean[COUNT];

    static {
        reads(Kind.SESSION, Opcode.FUSE_INIT, In.Init.SIZE);
        reads(Kind.SESSION, Opcode.FUSE_DESTROY, In.Header.SIZE);
        reads(Kind.SESSION, Opcode.FUSE_FORGET, In.Forget.SIZE);
        reads(Kind.SESSION, Opcode.FUSE_BATCH_FORGET, In.BatchForget.SIZE);
        reads(Kind.SESSION, Opcode.FUSE_INTERRUPT, In.Interrupt.SIZE);

        reads(Kind.NAME, Opcode.FUSE_LOOKUP, In.Header.SIZE);
        reads(Kind.NAME, Opcode.FUSE_READLINK, In.Header.SIZE);
        writes(Kind.NAME, Opcode.FUSE_SYMLINK, In.Header.SIZE);
        writes(Kind.NAME, Opcode.FUSE_MKNOD, In.Mknod.SIZE);
        writes(Kind.NAME, Opcode.FUSE_MKDIR, In.Mkdir.SIZE);
        writes(Kind.NAME, Opcode.FUSE_UNLINK, In.Header.SIZE);
        writes(Kind.NAME, Opcode.FUSE_RMDIR, In.Header.SIZE);
        writes(Kind.NAME, Opcode.FUSE_RENAME, In.Rename.SIZE);
        writes(Kind.NAME, Opcode.FUSE_RENAME2, In.Rename2.SIZE);
        writes(Kind.NAME, Opcode.FUSE_LINK, In.Link.SIZE);
        writes(Kind.NAME, Opcode.FUSE_CREATE, In.Create.SIZE);
        writes(Kind.NAME, Opcode.FUSE_TMPFILE, In.Create.SIZE);

        reads(Kind.FILE, Opcode.FUSE_OPEN, In.Open.SIZE);
        reads(Kind.FILE, Opcode.FUSE_READ, In.Read.SIZE);
        writes(Kind.FILE, Opcode.FUSE_WRITE, In.Write.SIZE);
        reads(Kind.FILE, Opcode.FUSE_FSYNC, In.Fsync.SIZE);
        reads(Kind.FILE, Opcode.FUSE_OPENDIR, In.Open.SIZE);
        reads(Kind.FILE, Opcode.FUSE_READDIR, In.Read.SIZE);
        reads(Kind.FILE, Opcode.FUSE_READDIRPLUS, In.Read.SIZE);
        reads(Kind.FILE, Opcode.FUSE_RELEASEDIR, In.Release.SIZE);
        reads(Kind.FILE, Opcode.FUSE_FSYNCDIR, In.Fsync.SIZE);
        writes(Kind.FILE, Opcode.FUSE_FALLOCATE, In.Fallocate.SIZE);
        reads(Kind.FILE, Opcode.FUSE_LSEEK, In.Lseek.SIZE);
        writes(Kind.FILE, Opcode.FUSE_COPY_FILE_RANGE, In.CopyFileRange.SIZE);

        reads(Kind.FILE, Opcode.FUSE_SETUPMAPPING, In.Setupmapping.SIZE);
        reads(Kind.FILE, Opcode.FUSE_REMOVEMAPPING, In.Removemapping.SIZE);

        reads(Kind.LOCK, Opcode.FUSE_FLUSH, In.Flush.SIZE);
        reads(Kind.LOCK, Opcode.FUSE_RELEASE, In.Release.SIZE);
        reads(Kind.LOCK, Opcode.FUSE_GETLK, In.Lk.SIZE);
        reads(Kind.LOCK, Opcode.FUSE_SETLK, In.Lk.SIZE);
        reads(Kind.LOCK, Opcode.FUSE_SETLKW, In.Lk.SIZE);

        reads(Kind.ATTRIBUTE, Opcode.FUSE_GETATTR, In.Getattr.SIZE);
        writes(Kind.ATTRIBUTE, Opcode.FUSE_SETATTR, In.Setattr.SIZE);
        reads(Kind.ATTRIBUTE, Opcode.FUSE_STATX, In.Statx.SIZE);
        reads(Kind.ATTRIBUTE, Opcode.FUSE_STATFS, In.Header.SIZE);
        reads(Kind.ATTRIBUTE, Opcode.FUSE_ACCESS, In.Access.SIZE);
        reads(Kind.ATTRIBUTE, Opcode.FUSE_GETXATTR, In.Getxattr.SIZE);
        reads(Kind.ATTRIBUTE, Opcode.FUSE_LISTXATTR, In.Getxattr.SIZE);
        writes(Kind.ATTRIBUTE, Opcode.FUSE_SETXATTR, In.Setxattr.SIZE);
        writes(Kind.ATTRIBUTE, Opcode.FUSE_REMOVEXATTR, In.Header.SIZE);
        reads(Kind.ATTRIBUTE, Opcode.FUSE_SYNCFS, In.Header.SIZE);
    }

    private Requests() {}

    private static void reads(Kind kind, int opcode, int size) {
        KINDS[opcode] = kind;
        SIZES[opcode] = size;
    }

    private static void writes(Kind kind, int opcode, int size) {
        reads(kind, opcode, size);
        CHANGES[opcode] = true;
    }

    /** Who serves it; UNKNOWN is answered ENOSYS, upon which Linux does not ask again. */
    static Kind kind(int opcode) {
        return opcode < 0 || opcode >= COUNT || KINDS[opcode] == null
                ? Kind.UNKNOWN
                : KINDS[opcode];
    }

    /** Bytes of its request without names and data. */
    static int size(int opcode) {
        return opcode < 0 || opcode >= COUNT ? 0 : SIZES[opcode];
    }

    /** Whether it changes the file system, and so is refused where that is read-only. */
    static boolean changes(int opcode) {
        return opcode >= 0 && opcode < COUNT && CHANGES[opcode];
    }
}
