package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EEXIST;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.EISDIR;
import static dev.jsbx.vmm.linux.Errno.EOPNOTSUPP;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.Statx;

/** Opening files, and their content. */
final class FileData {
    private static final int O_ACCMODE = 3;

    /** What a guest may ask for; all else either is the guest's own matter or is dangerous. */
    private static final int PERMITTED_FLAGS = O_ACCMODE | Files.O_TRUNC | FsCalls.O_SYNC;

    private static final int PRIVILEGES = Statx.S_ISUID | Statx.S_ISGID;
    private static final int FALLOCATE_MODES =
            Files.FALLOC_FL_KEEP_SIZE | Files.FALLOC_FL_PUNCH_HOLE | Files.FALLOC_FL_ZERO_RANGE;

    /** A longer copy is cut short, which callers expect, so that no request lasts for minutes. */
    private static final long MOST_COPIED = 128L << 20;

    private final Host host;

    FileData(Host host) {
        this.host = host;
    }

    int open(long node, int flags, boolean dropPrivileges, Opened out) {
        Inode inode = host.inodes().get(node);
        if (inode == null) {
            return -ESTALE;
        }
        if (!inode.isRegular()) {
            // Devices, sockets and pipes are opened in the guest's own kernel.
            return inode.isDirectory() ? -EISDIR : -EBADF;
        }
        Scratch scratch = host.scratch();
        int stale = checkPlace(inode, scratch);
        if (stale < 0) {
            return stale;
        }
        int path = host.paths().pin(inode, scratch);
        if (path < 0) {
            return path;
        }
        long fd = FsCalls.openat(AT_FDCWD, scratch.procPath(path), flags & PERMITTED_FLAGS, 0);
        host.paths().unpin(inode);
        return fd < 0 ? (int) fd : opened(inode, (int) fd, flags, dropPrivileges, out);
    }

    /**
     * Makes sure that the name still leads to the file: the host may have renamed another over it
     * within the time that the guest trusts the name. ESTALE has Linux look it up again.
     */
    private int checkPlace(Inode inode, Scratch scratch) {
        if (inode.isNameless() || host.share().cache() == CacheMode.ALWAYS) {
            return 0;
        }
        return host.paths().statAtPlace(inode, scratch.statx(), scratch);
    }

    private int opened(Inode inode, int fd, int flags, boolean dropPrivileges, Opened out) {
        Statx statx = host.scratch().statx();
        long result = statx.read(fd, Scratch.empty(), AT_EMPTY_PATH);
        if (result != 0) {
            FsCalls.close(fd);
            return (int) result;
        }
        boolean privileged = (statx.mode() & PRIVILEGES) != 0;
        if (privileged && dropPrivileges && (flags & Files.O_TRUNC) != 0) {
            dropPrivileges(fd, statx);
        }
        long handle = host.handles().add(fd, inode, privileged);
        if (handle < 0) {
            return (int) handle;
        }
        out.set(handle, caching(inode, statx, flags));
        return 0;
    }

    /** FOPEN_ bits: what the guest may keep of an open file. */
    private int caching(Inode inode, Statx statx, int flags) {
        if (host.share().cache() == CacheMode.NONE) {
            return Fuse.FOPEN_DIRECT_IO | Fuse.FOPEN_PARALLEL_DIRECT_WRITES;
        }
        int bits = 0;
        boolean unchanged =
                inode.unchangedSinceOpened(statx, System.currentTimeMillis() * 1_000_000);
        if (unchanged || host.share().cache() == CacheMode.ALWAYS) {
            bits |= Fuse.FOPEN_KEEP_CACHE;
        }
        // Closing has nothing to tell the host unless errors may come as late, or locks, which
        // need a file that is open for both, may end.
        if (!host.isRemote() && (flags & O_ACCMODE) != Files.O_RDWR) {
            bits |= Fuse.FOPEN_NOFLUSH;
        }
        return bits;
    }

    int create(long parent, Name name, int flags, int mode, Entry entry, Opened opened) {
        Inode directory = host.inodes().get(parent);
        if (directory == null) {
            return -ESTALE;
        }
        Scratch scratch = host.scratch();
        int path = host.paths().pin(directory, scratch);
        if (path < 0) {
            return path;
        }
        int exclusively = flags & PERMITTED_FLAGS | Files.O_CREAT | Files.O_EXCL | Files.O_NOFOLLOW;
        long fd =
                FsCalls.openat(path, name.address(), exclusively, mode & Namespace.PERMITTED_MODE);
        int result;
        if (fd >= 0) {
            result = created(directory, (int) fd, name, flags, entry, opened);
        } else if (fd == -EEXIST && (flags & Files.O_EXCL) == 0) {
            // The host was faster. What is there is opened as any other file is.
            result = openExisting(directory, path, name, flags, entry, opened);
        } else {
            result = (int) fd;
        }
        host.paths().unpin(directory);
        return result;
    }

    private int openExisting(
            Inode directory, int path, Name name, int flags, Entry entry, Opened opened) {
        int result = host.lookup(directory, path, name, entry);
        if (result == 0) {
            result = open(entry.node(), flags, true, opened);
            if (result < 0) {
                host.inodes().forget(entry.node(), 1);
            }
        }
        return result;
    }

    private int created(Inode directory, int fd, Name name, int flags, Entry entry, Opened opened) {
        long result = entry.attributes().host().read(fd, Scratch.empty(), AT_EMPTY_PATH);
        if (result == 0) {
            result = host.intern(directory, name, entry);
        }
        if (result < 0) {
            FsCalls.close(fd);
            return (int) result;
        }
        Inode inode = host.inodes().get(entry.node());
        long handle = host.handles().add(fd, inode, false);
        if (handle < 0) {
            host.inodes().forget(entry.node(), 1);
            return (int) handle;
        }
        opened.set(handle, caching(inode, entry.attributes().host(), flags));
        return 0;
    }

    int tmpfile(long parent, int flags, int mode, Entry entry, Opened opened) {
        Inode directory = host.inodes().get(parent);
        if (directory == null) {
            return -ESTALE;
        }
        Scratch scratch = host.scratch();
        int path = host.paths().pin(directory, scratch);
        if (path < 0) {
            return path;
        }
        long fd =
                FsCalls.openat(
                        path,
                        Scratch.dot(),
                        flags & (PERMITTED_FLAGS | Files.O_EXCL) | FsCalls.O_TMPFILE,
                        mode & Namespace.PERMITTED_MODE);
        int result = (int) fd;
        if (fd >= 0) {
            // The only way to the file later, for instance to give it a name.
            long own = FsCalls.openat(AT_FDCWD, scratch.procPath((int) fd), Files.O_PATH, 0);
            result = created(directory, (int) fd, null, flags, entry, opened);
            if (own >= 0 && result == 0) {
                host.paths().adopt(host.inodes().get(entry.node()), (int) own);
            } else if (own >= 0) {
                FsCalls.close((int) own);
            }
        }
        host.paths().unpin(directory);
        return result;
    }

    long read(long id, long offset, WritableBuffers to, long at, long length) {
        Handle handle = host.handles().use(id);
        if (handle == null) {
            return -EBADF;
        }
        int count = to.iovecs(at, length);
        long result = Io.preadv(handle.fd(), to.iovecAddress(), count, offset);
        handle.done();
        return result;
    }

    long write(
            long id,
            long offset,
            ReadableBuffers from,
            long at,
            long length,
            boolean append,
            boolean dropPrivileges) {
        Handle handle = host.handles().use(id);
        if (handle == null) {
            return -EBADF;
        }
        if (dropPrivileges && handle.privileged) {
            dropPrivileges(handle);
        }
        int count = from.iovecs(at, length);
        long result =
                append
                        ? FsCalls.pwritev2(
                                handle.fd(), from.iovecAddress(), count, offset, FsCalls.RWF_APPEND)
                        : Io.pwritev(handle.fd(), from.iovecAddress(), count, offset);
        handle.done();
        return result;
    }

    private void dropPrivileges(Handle handle) {
        Statx statx = host.scratch().statx();
        if (statx.read(handle.fd(), Scratch.empty(), AT_EMPTY_PATH) == 0) {
            dropPrivileges(handle.fd(), statx);
            handle.privileged = false;
        }
    }

    /** Clears set-user-ID, and set-group-ID where it means that (with group execute). */
    private void dropPrivileges(int fd, Statx statx) {
        int mode = statx.mode();
        int kept = mode & ~Statx.S_ISUID;
        if ((mode & 010) != 0) {
            kept &= ~Statx.S_ISGID;
        }
        if (kept != mode) {
            FsCalls.fchmodat(AT_FDCWD, host.scratch().procPath(fd), kept & 07777);
        }
    }

    int flush(Handle handle) {
        if (!host.isRemote()) {
            return 0;
        }
        // Closing a duplicate brings out what the file system has kept back.
        long duplicate = FsCalls.duplicate(handle.fd());
        return (int) (duplicate < 0 ? duplicate : FsCalls.close((int) duplicate));
    }

    int fsync(long id, boolean dataOnly) {
        Handle handle = host.handles().use(id);
        if (handle == null) {
            return -EBADF;
        }
        long result = dataOnly ? Io.fdatasync(handle.fd()) : Io.fsync(handle.fd());
        handle.done();
        return (int) result;
    }

    int fallocate(long id, int mode, long offset, long length) {
        if ((mode & ~FALLOCATE_MODES) != 0) {
            return -EOPNOTSUPP;
        }
        Handle handle = host.handles().use(id);
        if (handle == null) {
            return -EBADF;
        }
        long result = Io.fallocate(handle.fd(), mode, offset, length);
        handle.done();
        return (int) result;
    }

    long lseek(long id, long offset, int whence) {
        if (whence != FsCalls.SEEK_DATA && whence != FsCalls.SEEK_HOLE) {
            // The guest knows all else itself.
            return -EINVAL;
        }
        Handle handle = host.handles().use(id);
        if (handle == null) {
            return -EBADF;
        }
        long result = FsCalls.lseek(handle.fd(), offset, whence);
        handle.done();
        return result;
    }

    long copy(long from, long fromOffset, long to, long toOffset, long length) {
        Handle source = host.handles().use(from);
        if (source == null) {
            return -EBADF;
        }
        Handle target = host.handles().use(to);
        if (target == null) {
            source.done();
            return -EBADF;
        }
        long result = -EINVAL;
        if (length >= 0) {
            long offsets = host.scratch().offsets(fromOffset, toOffset);
            long bytes = Math.min(length, MOST_COPIED);
            result = FsCalls.copyFileRange(source.fd(), target.fd(), offsets, bytes);
        }
        source.done();
        target.done();
        return result;
    }
}
