package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.E2BIG;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ERANGE;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.StatFs;
import java.lang.foreign.Arena;

/** Requests about attributes, ordinary and extended, of files and of the file system. */
final class AttributeRequests {
    /** XATTR_NAME_MAX. */
    private static final int LONGEST_NAME = 255;

    private final FileSystem files;
    private final Share share;
    private final ThreadLocal<StatFs> statfs =
            ThreadLocal.withInitial(
                    () -> new StatFs(Arena.ofAuto().allocate(StatFs.SIZE, Long.BYTES)));

    AttributeRequests(FileSystem files, Share share) {
        this.files = files;
        this.share = share;
    }

    long serve(Exchange x, int opcode) {
        return switch (opcode) {
            case Opcode.FUSE_GETATTR -> getattr(x);
            case Opcode.FUSE_SETATTR -> {
                Attributes attributes = x.entry().attributes();
                yield attr(x, files.setattr(x.node(), x.change(), attributes));
            }
            case Opcode.FUSE_STATX -> statx(x);
            case Opcode.FUSE_STATFS -> statfs(x);
            case Opcode.FUSE_ACCESS -> x.fail(files.access(x.node(), x.u32(In.Access.MASK)));
            case Opcode.FUSE_SYNCFS -> x.fail(files.syncfs());
            case Opcode.FUSE_GETXATTR -> getxattr(x);
            case Opcode.FUSE_LISTXATTR -> {
                int size = x.u32(In.Getxattr.BYTES);
                yield value(x, size, files.listxattr(x.node(), x.payload(), size));
            }
            case Opcode.FUSE_SETXATTR -> setxattr(x);
            default -> removexattr(x);
        };
    }

    private long getattr(Exchange x) {
        boolean open = (x.u32(In.Getattr.FLAGS) & Fuse.FUSE_GETATTR_FH) != 0;
        long handle = open ? x.u64(In.Getattr.FH) : 0;
        return attr(x, files.getattr(x.node(), handle, x.entry().attributes()));
    }

    private long attr(Exchange x, int result) {
        if (result < 0) {
            return x.fail(result);
        }
        Replies.attr(x.payload(), 0, x.entry().attributes(), share.validSeconds());
        return x.reply(Out.Attr.SIZE);
    }

    private long statx(Exchange x) {
        boolean open = (x.u32(In.Statx.GETATTR_FLAGS) & Fuse.FUSE_GETATTR_FH) != 0;
        long handle = open ? x.u64(In.Statx.FH) : 0;
        int result = files.getattr(x.node(), handle, x.entry().attributes());
        if (result < 0) {
            return x.fail(result);
        }
        x.payload().asSlice(0, Out.Statx.SIZE).fill((byte) 0);
        Replies.statx(x.payload(), 0, x.entry().attributes(), share.validSeconds());
        return x.reply(Out.Statx.SIZE);
    }

    private long statfs(Exchange x) {
        StatFs host = statfs.get();
        int result = files.statfs(host);
        if (result < 0) {
            return x.fail(result);
        }
        x.payload().asSlice(0, Out.Statfs.SIZE).fill((byte) 0);
        Replies.statfs(x.payload(), 0, host);
        return x.reply(Out.Statfs.SIZE);
    }

    private long getxattr(Exchange x) {
        if (!hasAttributeName(x, In.Getxattr.SIZE)) {
            return x.fail(-EINVAL);
        }
        int size = x.u32(In.Getxattr.BYTES);
        return value(x, size, files.getxattr(x.node(), x.name(), x.payload(), size));
    }

    /** The value, or where the guest has no room at all, how much it needs. */
    private long value(Exchange x, int size, int result) {
        if (result < 0) {
            return x.fail(result);
        }
        if (size == 0) {
            Replies.u64(x.payload(), Out.Getxattr.BYTES, result);
            return x.reply(Out.Getxattr.SIZE);
        }
        return Integer.compareUnsigned(result, size) > 0 ? x.fail(-ERANGE) : x.reply(result);
    }

    private long setxattr(Exchange x) {
        if (!hasAttributeName(x, In.Setxattr.SIZE)) {
            return x.fail(-EINVAL);
        }
        int from = In.Setxattr.SIZE + x.name().length() + 1;
        long size = x.u32(In.Setxattr.BYTES) & 0xffffffffL;
        if (size > Exchange.XATTR_SIZE_MAX) {
            return x.fail(-E2BIG);
        }
        if (size > x.length() - from) {
            return x.fail(-EINVAL);
        }
        int flags = x.u32(In.Setxattr.FLAGS);
        return x.fail(files.setxattr(x.node(), x.name(), x.request().asSlice(from, size), flags));
    }

    private long removexattr(Exchange x) {
        return hasAttributeName(x, In.Header.SIZE)
                ? x.fail(files.removexattr(x.node(), x.name()))
                : x.fail(-EINVAL);
    }

    private static boolean hasAttributeName(Exchange x, int offset) {
        return x.readName(offset) >= 0
                && x.name().length() > 0
                && x.name().length() <= LONGEST_NAME;
    }
}
