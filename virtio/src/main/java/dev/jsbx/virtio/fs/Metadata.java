package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fuse.Fuse.FATTR_ATIME;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_ATIME_NOW;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_FH;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_GID;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_KILL_SUIDGID;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_MODE;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_MTIME;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_MTIME_NOW;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_SIZE;
import static dev.jsbx.virtio.fuse.Fuse.FATTR_UID;
import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static dev.jsbx.vmm.linux.FsCalls.AT_EACCESS;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;

import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.StatFs;
import dev.jsbx.vmm.linux.Statx;

/** Attributes of files and of the file system. */
final class Metadata {
    private static final int UTIME_NOW = (1 << 30) - 1;
    private static final int UTIME_OMIT = (1 << 30) - 2;
    private static final int ACCESS_MASK = 7;

    private final Host host;

    Metadata(Host host) {
        this.host = host;
    }

    int getattr(long node, long handleId, Attributes out) {
        Handle handle = handleId == 0 ? null : host.handles().use(handleId);
        Inode inode = handle != null ? handle.inode() : host.inode(node);
        if (inode == null) {
            return -ESTALE;
        }
        int result;
        if (handle != null) {
            result = (int) out.host().read(handle.fd(), Scratch.empty(), AT_EMPTY_PATH);
            handle.done();
        } else {
            result = host.paths().stat(inode, out.host(), host.scratch());
        }
        if (result == 0) {
            told(inode, out);
        }
        return result;
    }

    private void told(Inode inode, Attributes out) {
        host.tell(inode, parentOf(inode), out);
    }

    private static Inode parentOf(Inode inode) {
        Inode.Place place = inode.place();
        return place == null ? null : place.parent();
    }

    int setattr(long node, AttributeChange change, Attributes out) {
        Inode inode = host.inode(node);
        if (inode == null) {
            return -ESTALE;
        }
        Scratch scratch = host.scratch();
        int fd = host.paths().pin(inode, scratch);
        if (fd < 0) {
            return fd;
        }
        long result = host.mayChangeFile(fd);
        if (result == 0) {
            result = apply(inode, fd, change, scratch);
        }
        if (result == 0) {
            result = out.host().read(fd, Scratch.empty(), AT_EMPTY_PATH);
        }
        host.paths().unpin(inode);
        if (result == 0) {
            told(inode, out);
        }
        return (int) result;
    }

    private long apply(Inode inode, int fd, AttributeChange change, Scratch scratch) {
        long result = 0;
        if (change.wants(FATTR_MODE)) {
            result = chmod(inode, fd, change.mode() & Namespace.PERMITTED_MODE, scratch);
        }
        if (result == 0 && change.wants(FATTR_UID | FATTR_GID)) {
            result = chown(fd, change, scratch);
        }
        if (result == 0 && change.wants(FATTR_SIZE)) {
            result = truncate(inode, fd, change, scratch);
        }
        if (result == 0
                && change.wants(FATTR_ATIME | FATTR_MTIME | FATTR_ATIME_NOW | FATTR_MTIME_NOW)) {
            result = touch(fd, change, scratch);
        }
        return result;
    }

    private static long chmod(Inode inode, int fd, int mode, Scratch scratch) {
        return inode.type() == Statx.S_IFLNK
                ? -EINVAL
                : FsCalls.fchmodat(AT_FDCWD, scratch.procPath(fd), mode);
    }

    /** See {@link Ownership}: the guest may give a file to nobody but its owner. */
    private long chown(int fd, AttributeChange change, Scratch scratch) {
        Statx statx = scratch.statx();
        long result = statx.read(fd, Scratch.empty(), AT_EMPTY_PATH);
        if (result != 0) {
            return result;
        }
        Ownership ownership = host.ownership();
        int uid = -1;
        int gid = -1;
        if (change.wants(FATTR_UID) && change.uid() != ownership.guestUidOf(statx.uid())) {
            if (!ownership.acceptsUid(change.uid())) {
                return -EPERM;
            }
            uid = statx.uid() == ownership.hostUid() ? -1 : ownership.hostUid();
        }
        if (change.wants(FATTR_GID) && change.gid() != ownership.guestGidOf(statx.gid())) {
            if (!ownership.acceptsGid(change.gid())) {
                return -EPERM;
            }
            gid = statx.gid() == ownership.hostGid() ? -1 : ownership.hostGid();
        }
        return uid == -1 && gid == -1
                ? 0
                : FsCalls.fchownat(fd, Scratch.empty(), uid, gid, AT_EMPTY_PATH);
    }

    private long truncate(Inode inode, int fd, AttributeChange change, Scratch scratch) {
        if (!inode.isRegular() || change.size() < 0) {
            return -EINVAL;
        }
        if (change.wants(FATTR_KILL_SUIDGID)) {
            Statx statx = scratch.statx();
            if (statx.read(fd, Scratch.empty(), AT_EMPTY_PATH) == 0) {
                Privileges.drop(fd, statx, scratch);
            }
        }
        if (change.wants(FATTR_FH)) {
            Handle handle = host.handles().use(change.handle());
            if (handle == null) {
                return -EBADF;
            }
            long result = FsCalls.ftruncate(handle.fd(), change.size());
            handle.done();
            return result;
        }
        return FsCalls.truncate(scratch.procPath(fd), change.size());
    }

    private static long touch(int fd, AttributeChange change, Scratch scratch) {
        long accessNanos = UTIME_OMIT;
        long modifyNanos = UTIME_OMIT;
        if (change.wants(FATTR_ATIME_NOW)) {
            accessNanos = UTIME_NOW;
        } else if (change.wants(FATTR_ATIME)) {
            accessNanos = change.accessNanos() & 0xffffffffL;
        }
        if (change.wants(FATTR_MTIME_NOW)) {
            modifyNanos = UTIME_NOW;
        } else if (change.wants(FATTR_MTIME)) {
            modifyNanos = change.modifyNanos() & 0xffffffffL;
        }
        long times =
                scratch.times(
                        change.accessSeconds(), accessNanos, change.modifySeconds(), modifyNanos);
        return FsCalls.utimensat(fd, Scratch.empty(), times, AT_EMPTY_PATH);
    }

    int access(long node, int mask) {
        Inode inode = host.inode(node);
        if (inode == null) {
            return -ESTALE;
        }
        int fd = host.paths().pin(inode, host.scratch());
        if (fd < 0) {
            return fd;
        }
        long result =
                FsCalls.faccessat2(
                        fd, Scratch.empty(), mask & ACCESS_MASK, AT_EMPTY_PATH | AT_EACCESS);
        host.paths().unpin(inode);
        return (int) result;
    }

    int statfs(StatFs out) {
        int fd = host.paths().pin(host.inodes().root(), host.scratch());
        if (fd < 0) {
            return fd;
        }
        long result = out.read(fd);
        host.paths().unpin(host.inodes().root());
        return (int) result;
    }

    int syncfs() {
        int fd = host.paths().pin(host.inodes().root(), host.scratch());
        if (fd < 0) {
            return fd;
        }
        // syncfs(2) does not take an O_PATH descriptor.
        long directory = FsCalls.openat(fd, Scratch.dot(), Files.O_DIRECTORY, 0);
        long result = directory;
        if (directory >= 0) {
            result = FsCalls.syncfs((int) directory);
            FsCalls.close((int) directory);
        }
        host.paths().unpin(host.inodes().root());
        return (int) result;
    }
}
