package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ENOSYS;
import static dev.jsbx.vmm.linux.Errno.EROFS;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.Files;
import java.lang.foreign.ValueLayout;

/** Requests about open files and directories. */
final class FileRequests {
    /** More than any kernel asks for at once; the guest's own buffers bound it further. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int O_ACCMODE = 3;
    private static final long MAPPING_FLAGS =
            Fuse.FUSE_SETUPMAPPING_FLAG_READ | Fuse.FUSE_SETUPMAPPING_FLAG_WRITE;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

    private final FileSystem files;
    private final Share share;

    FileRequests(FileSystem files, Share share) {
        this.files = files;
        this.share = share;
    }

    long serve(Exchange x, int opcode) {
        return switch (opcode) {
            case Opcode.FUSE_READ -> read(x);
            case Opcode.FUSE_WRITE -> write(x);
            case Opcode.FUSE_OPEN -> open(x);
            case Opcode.FUSE_OPENDIR -> opened(x, files.opendir(x.node(), x.opened()));
            case Opcode.FUSE_READDIR -> readdir(x, false);
            case Opcode.FUSE_READDIRPLUS -> readdir(x, true);
            case Opcode.FUSE_RELEASEDIR -> x.fail(files.releasedir(x.u64(In.Release.FH)));
            case Opcode.FUSE_FSYNC -> x.fail(files.fsync(x.u64(In.Fsync.FH), dataOnly(x)));
            case Opcode.FUSE_FSYNCDIR -> x.fail(files.fsyncdir(x.u64(In.Fsync.FH), dataOnly(x)));
            case Opcode.FUSE_LSEEK -> lseek(x);
            case Opcode.FUSE_FALLOCATE ->
                    x.fail(
                            files.fallocate(
                                    x.u64(In.Fallocate.FH),
                                    x.u32(In.Fallocate.MODE),
                                    x.u64(In.Fallocate.OFFSET),
                                    x.u64(In.Fallocate.LENGTH)));
            case Opcode.FUSE_SETUPMAPPING -> files.mapsFiles() ? map(x) : x.fail(-ENOSYS);
            case Opcode.FUSE_REMOVEMAPPING -> files.mapsFiles() ? unmap(x) : x.fail(-ENOSYS);
            default -> copy(x);
        };
    }

    private long open(Exchange x) {
        int flags = x.u32(In.Open.FLAGS);
        boolean writes = (flags & O_ACCMODE) != Files.O_RDONLY || (flags & Files.O_TRUNC) != 0;
        if (share.readOnly() && writes) {
            return x.fail(-EROFS);
        }
        boolean drop = (x.u32(In.Open.OPEN_FLAGS) & Fuse.FUSE_OPEN_KILL_SUIDGID) != 0;
        return opened(x, files.open(x.node(), flags, drop, x.u32(In.Header.PID), x.opened()));
    }

    private long opened(Exchange x, int result) {
        if (result < 0) {
            return x.fail(result);
        }
        Replies.open(x.payload(), 0, x.opened());
        return x.reply(Out.Open.SIZE);
    }

    /** From the file into guest memory, without a copy in between. */
    private long read(Exchange x) {
        long room = x.to().length() - Out.Header.SIZE;
        long wanted = x.u32(In.Read.BYTES) & 0xffffffffL;
        if (room < 0) {
            return 0;
        }
        long length = Math.min(Math.min(wanted, room), MOST_BYTES);
        long result =
                files.read(
                        x.u64(In.Read.FH), x.u64(In.Read.OFFSET), x.to(), Out.Header.SIZE, length);
        return result < 0 ? x.fail(result) : x.replyInPlace(result);
    }

    /** From guest memory into the file, without a copy in between. */
    private long write(Exchange x) {
        long length = x.u32(In.Write.BYTES) & 0xffffffffL;
        if (length > x.from().length() - In.Write.SIZE || length > MOST_BYTES) {
            return x.fail(-EINVAL);
        }
        int writeFlags = x.u32(In.Write.WRITE_FLAGS);
        // What comes late from the page cache has its place, whatever the file was opened for.
        boolean append =
                (x.u32(In.Write.FLAGS) & Files.O_APPEND) != 0
                        && (writeFlags & Fuse.FUSE_WRITE_CACHE) == 0;
        long result =
                files.write(
                        x.u64(In.Write.FH),
                        x.u64(In.Write.OFFSET),
                        x.from(),
                        In.Write.SIZE,
                        length,
                        append,
                        (writeFlags & Fuse.FUSE_WRITE_KILL_SUIDGID) != 0);
        return written(x, result);
    }

    private long written(Exchange x, long result) {
        if (result < 0) {
            return x.fail(result);
        }
        Replies.u64(x.payload(), Out.Write.BYTES, result);
        return x.reply(Out.Write.SIZE);
    }

    private long readdir(Exchange x, boolean plus) {
        long room = x.to().length() - Out.Header.SIZE;
        long wanted = Math.min(x.u32(In.Read.BYTES) & 0xffffffffL, Exchange.PAYLOAD_MAX);
        DirectoryWriter out = x.directory(share.validSeconds());
        out.begin(plus, (int) Math.clamp(room, 0, wanted));
        int result = files.readdir(x.u64(In.Read.FH), x.u64(In.Read.OFFSET), plus, out);
        return result < 0 ? x.fail(result) : x.reply(out.written());
    }

    private long lseek(Exchange x) {
        long result =
                files.lseek(x.u64(In.Lseek.FH), x.u64(In.Lseek.OFFSET), x.u32(In.Lseek.WHENCE));
        if (result < 0) {
            return x.fail(result);
        }
        Replies.u64(x.payload(), Out.Lseek.OFFSET, result);
        return x.reply(Out.Lseek.SIZE);
    }

    private long copy(Exchange x) {
        if (x.u64(In.CopyFileRange.FLAGS) != 0) {
            return x.fail(-EINVAL);
        }
        return written(
                x,
                files.copyFileRange(
                        x.u64(In.CopyFileRange.FH_IN),
                        x.u64(In.CopyFileRange.OFF_IN),
                        x.u64(In.CopyFileRange.FH_OUT),
                        x.u64(In.CopyFileRange.OFF_OUT),
                        x.u64(In.CopyFileRange.LEN)));
    }

    /** By node, not by handle: Linux names none. */
    private long map(Exchange x) {
        long flags = x.u64(In.Setupmapping.FLAGS);
        if ((flags & ~MAPPING_FLAGS) != 0 || flags == 0) {
            return x.fail(-EINVAL);
        }
        return x.fail(
                files.map(
                        x.node(),
                        (flags & Fuse.FUSE_SETUPMAPPING_FLAG_WRITE) != 0,
                        x.u64(In.Setupmapping.FOFFSET),
                        x.u64(In.Setupmapping.LEN),
                        x.u64(In.Setupmapping.MOFFSET)));
    }

    private long unmap(Exchange x) {
        long count = x.u32(In.Removemapping.COUNT) & 0xffffffffL;
        if (count > (x.length() - In.Removemapping.SIZE) / In.Removemapping.ONE_SIZE) {
            return x.fail(-EINVAL);
        }
        int result = 0;
        for (int i = 0; result == 0 && i < count; i++) {
            long at = In.Removemapping.SIZE + (long) i * In.Removemapping.ONE_SIZE;
            result =
                    files.unmap(
                            x.request().get(U64, at + In.Removemapping.ONE_MOFFSET),
                            x.request().get(U64, at + In.Removemapping.ONE_LEN));
        }
        return x.fail(result);
    }

    private static boolean dataOnly(Exchange x) {
        return (x.u32(In.Fsync.FSYNC_FLAGS) & Fuse.FUSE_FSYNC_FDATASYNC) != 0;
    }
}
