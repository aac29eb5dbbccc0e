package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ENAMETOOLONG;

import dev.jsbx.virtio.fuse.In;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;

/** Requests about names in directories. */
final class NameRequests {
    private static final int PATH_MAX = 4096;

    private final FileSystem files;
    private final Share share;

    NameRequests(FileSystem files, Share share) {
        this.files = files;
        this.share = share;
    }

    long serve(Exchange x, int opcode) {
        if (opcode == Opcode.FUSE_READLINK) {
            int length = files.readlink(x.node(), x.payload());
            return length < 0 ? x.fail(length) : x.reply(length);
        }
        if (opcode == Opcode.FUSE_TMPFILE) {
            return tmpfile(x);
        }
        int afterName = x.readName(Requests.size(opcode));
        if (afterName < 0 || !x.name().isComponent()) {
            return x.fail(-EINVAL);
        }
        return switch (opcode) {
            case Opcode.FUSE_LOOKUP -> entry(x, files.lookup(x.node(), x.name(), x.entry()));
            case Opcode.FUSE_UNLINK -> x.fail(files.unlink(x.node(), x.name()));
            case Opcode.FUSE_RMDIR -> x.fail(files.rmdir(x.node(), x.name()));
            case Opcode.FUSE_MKDIR ->
                    entry(x, files.mkdir(x.node(), x.name(), x.u32(In.Mkdir.MODE), x.entry()));
            case Opcode.FUSE_MKNOD ->
                    entry(x, files.mknod(x.node(), x.name(), x.u32(In.Mknod.MODE), x.entry()));
            case Opcode.FUSE_LINK -> {
                long file = x.u64(In.Link.OLDNODEID);
                yield entry(x, files.link(file, x.node(), x.name(), x.entry()));
            }
            case Opcode.FUSE_SYMLINK -> symlink(x, afterName);
            case Opcode.FUSE_RENAME -> rename(x, afterName, 0);
            case Opcode.FUSE_RENAME2 -> rename(x, afterName, x.u32(In.Rename2.FLAGS));
            default -> create(x);
        };
    }

    /** The target is the guest's to follow; the host never does. It may be any string. */
    private long symlink(Exchange x, int afterName) {
        if (x.readSecondName(afterName) < 0 || x.secondName().length() == 0) {
            return x.fail(-EINVAL);
        }
        if (x.secondName().length() >= PATH_MAX) {
            return x.fail(-ENAMETOOLONG);
        }
        return entry(x, files.symlink(x.node(), x.name(), x.secondName(), x.entry()));
    }

    private long rename(Exchange x, int afterName, int flags) {
        if (x.readSecondName(afterName) < 0 || !x.secondName().isComponent()) {
            return x.fail(-EINVAL);
        }
        long newParent = x.u64(In.Rename.NEWDIR);
        return x.fail(files.rename(x.node(), x.name(), newParent, x.secondName(), flags));
    }

    private long create(Exchange x) {
        return created(
                x,
                files.create(
                        x.node(),
                        x.name(),
                        x.u32(In.Create.FLAGS),
                        x.u32(In.Create.MODE),
                        x.entry(),
                        x.opened()));
    }

    private long tmpfile(Exchange x) {
        return created(
                x,
                files.tmpfile(
                        x.node(),
                        x.u32(In.Create.FLAGS),
                        x.u32(In.Create.MODE),
                        x.entry(),
                        x.opened()));
    }

    private long created(Exchange x, int result) {
        if (result < 0) {
            return x.fail(result);
        }
        Replies.entry(x.payload(), 0, x.entry(), share.validSeconds());
        Replies.open(x.payload(), Out.Entry.SIZE, x.opened());
        return x.reply(Out.Entry.SIZE + Out.Open.SIZE);
    }

    private long entry(Exchange x, int result) {
        if (result < 0) {
            return x.fail(result);
        }
        Replies.entry(x.payload(), 0, x.entry(), share.validSeconds());
        return x.reply(Out.Entry.SIZE);
    }
}
