package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EEXIST;
import static dev.jsbx.vmm.linux.Errno.EISDIR;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;

/** Opening and making files. */
final class FileOpening {
    private static final int O_ACCMODE = 3;

    /** What a guest may ask for; all else either is the guest's own matter or is dangerous. */
    private static final int PERMITTED_FLAGS = O_ACCMODE | Files.O_TRUNC | FsCalls.O_SYNC;

    private final Host host;
    private final Revalidations revalidations = new Revalidations();

    FileOpening(Host host) {
        this.host = host;
    }

    int open(long node, int flags, boolean dropPrivileges, int thread, Opened out) {
        Inode inode = host.inode(node);
        if (inode == null) {
            return -ESTALE;
        }
        if (!inode.isRegular()) {
            // Devices, sockets and pipes are opened in the guest's own kernel.
            return inode.isDirectory() ? -EISDIR : -EBADF;
        }
        Scratch scratch = host.scratch();
        boolean hasPlace = !inode.isNameless() && host.share().cache() != CacheMode.ALWAYS;
        int stale = hasPlace ? checkPlace(inode, flags, thread, scratch) : 0;
        if (stale < 0) {
            return stale;
        }
        int path = host.paths().pin(inode, scratch);
        if (path < 0) {
            return path;
        }
        long fd = changes(flags) ? host.mayChangeFile(path) : 0;
        if (fd == 0) {
            fd = FsCalls.openat(AT_FDCWD, scratch.procPath(path), flags & PERMITTED_FLAGS, 0);
        }
        host.paths().unpin(inode);
        if (fd < 0) {
            return (int) fd;
        }
        // Checking the place has asked for the attributes within this very request.
        boolean seen = hasPlace && !changes(flags);
        long result = seen ? 0 : scratch.statx().read((int) fd, Scratch.empty(), AT_EMPTY_PATH);
        return opened(inode, (int) fd, result, flags, dropPrivileges, out);
    }

    private static boolean changes(int flags) {
        return (flags & O_ACCMODE) != Files.O_RDONLY || (flags & Files.O_TRUNC) != 0;
    }

    /**
     * Makes sure that the name still leads to the file: the host may have renamed another over it
     * within the time that the guest trusts the name, or have changed its size within the time that
     * the guest trusts that. ESTALE has Linux look it up again.
     */
    private int checkPlace(Inode inode, int flags, int thread, Scratch scratch) {
        int stale = host.paths().statAtPlace(inode, scratch.statx(), scratch);
        if (stale != 0 || host.share().validSeconds() == 0) {
            return stale;
        }
        boolean known = (flags & Files.O_TRUNC) != 0 || scratch.statx().size() == inode.toldSize();
        if (known) {
            revalidations.opened(inode.node(), thread);
            return 0;
        }
        return revalidations.send(inode.node(), thread) ? -ESTALE : 0;
    }

    /** Takes the descriptor; the scratch has its attributes if asking for them had this result. */
    private int opened(
            Inode inode, int fd, long result, int flags, boolean dropPrivileges, Opened out) {
        Statx statx = host.scratch().statx();
        if (result != 0) {
            FsCalls.close(fd);
            return (int) result;
        }
        boolean privileged = Privileges.has(statx);
        if (privileged && dropPrivileges && (flags & Files.O_TRUNC) != 0) {
            Privileges.drop(fd, statx, host.scratch());
        }
        long handle = host.handles().add(fd, inode, privileged);
        if (handle < 0) {
            return (int) handle;
        }
        if ((flags & Files.O_TRUNC) != 0) {
            inode.tellSize(0);
        }
        // It may have become shorter and longer again since the guest was told its size.
        host.mapping().sizeChanges(inode);
        if (changes(flags)) {
            host.mapping().opensForWriting(inode);
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
        boolean mayEndLocks = !host.share().guestLocks() && (flags & O_ACCMODE) == Files.O_RDWR;
        if (!host.isRemote() && !mayEndLocks) {
            bits |= Fuse.FOPEN_NOFLUSH;
        }
        return bits;
    }

    int create(long parent, Name name, int flags, int mode, Entry entry, Opened opened) {
        Inode directory = host.inode(parent);
        if (directory == null) {
            return -ESTALE;
        }
        Scratch scratch = host.scratch();
        int path = host.paths().pin(directory, scratch);
        if (path < 0) {
            return path;
        }
        int exclusively = flags & PERMITTED_FLAGS | Files.O_CREAT | Files.O_EXCL | Files.O_NOFOLLOW;
        long fd = host.mayChangeName(directory, path, name, false);
        if (fd == 0) {
            int permitted = mode & Namespace.PERMITTED_MODE;
            fd = FsCalls.openat(path, name.address(), exclusively, permitted);
        }
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
            result = open(entry.node(), flags, true, 0, opened);
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
        Inode inode = host.inode(entry.node());
        long handle = host.handles().add(fd, inode, false);
        if (handle < 0) {
            host.inodes().forget(entry.node(), 1);
            return (int) handle;
        }
        opened.set(handle, caching(inode, entry.attributes().host(), flags));
        return 0;
    }

    int tmpfile(long parent, int flags, int mode, Entry entry, Opened opened) {
        Inode directory = host.inode(parent);
        if (directory == null) {
            return -ESTALE;
        }
        if (host.share().only() != null && directory == host.inodes().root()) {
            return -EPERM;
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
                host.paths().adopt(host.inode(entry.node()), (int) own);
            } else if (own >= 0) {
                FsCalls.close((int) own);
            }
        }
        host.paths().unpin(directory);
        return result;
    }
}
