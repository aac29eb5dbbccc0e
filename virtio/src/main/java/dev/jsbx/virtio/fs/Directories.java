package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ENOTDIR;
import static dev.jsbx.vmm.linux.Errno.ESTALE;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.Dirents;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Io;

/** Reading directories. Positions are the host's own, so they stay right while entries change. */
final class Directories {
    private static final int DT_DIR = 4;
    private static final int SHORT_NAME = 12;

    /** A struct linux_dirent64 with the longest name. */
    private static final int LONGEST_ENTRY = 280;

    private final Host host;

    Directories(Host host) {
        this.host = host;
    }

    int opendir(long node, Opened out) {
        Inode inode = host.inode(node);
        if (inode == null) {
            return -ESTALE;
        }
        if (!inode.isDirectory()) {
            return -ENOTDIR;
        }
        Scratch scratch = host.scratch();
        if (inode.place() != null && host.share().cache() != CacheMode.ALWAYS) {
            int stale = host.paths().statAtPlace(inode, scratch.statx(), scratch);
            if (stale < 0) {
                return stale;
            }
        }
        int path = host.paths().pin(inode, scratch);
        if (path < 0) {
            return path;
        }
        long fd = FsCalls.openat(path, Scratch.dot(), Files.O_DIRECTORY, 0);
        host.paths().unpin(inode);
        if (fd < 0) {
            return (int) fd;
        }
        long handle = host.handles().add((int) fd, inode, false);
        if (handle < 0) {
            return (int) handle;
        }
        boolean keep = host.share().cache() == CacheMode.ALWAYS;
        out.set(handle, keep ? Fuse.FOPEN_CACHE_DIR | Fuse.FOPEN_KEEP_CACHE : 0);
        return 0;
    }

    int readdir(long id, long offset, boolean plus, DirectoryWriter out) {
        Handle handle = host.handles().use(id);
        if (handle == null) {
            return -EBADF;
        }
        int result;
        synchronized (handle) {
            result = list(handle, offset, plus, out);
        }
        handle.done();
        return result;
    }

    private int list(Handle handle, long offset, boolean plus, DirectoryWriter out) {
        if (!handle.inode().isDirectory() || offset < 0) {
            return handle.inode().isDirectory() ? -EINVAL : -ENOTDIR;
        }
        if (handle.position != offset) {
            long result = FsCalls.lseek(handle.fd(), offset, FsCalls.SEEK_SET);
            if (result < 0) {
                return (int) result;
            }
            handle.position = offset;
        }
        Dirents entries = host.scratch().entries();
        int perEntry = Out.Dirent.size(SHORT_NAME) + (plus ? Out.Entry.SIZE : 0);
        while (out.remaining() >= perEntry) {
            // As many as will fit: what is read and not used has to be sought and read again.
            long wanted = (long) out.remaining() / perEntry * Out.Dirent.size(SHORT_NAME);
            long read = entries.read(handle.fd(), Math.max(LONGEST_ENTRY, wanted));
            if (read <= 0) {
                return out.written() > 0 ? 0 : (int) read;
            }
            for (; entries.hasEntry(); entries.next()) {
                int error = add(handle, entries, plus, out);
                if (error != 0) {
                    handle.position = Handle.UNKNOWN;
                    return out.written() > 0 ? 0 : error == FULL ? -EINVAL : error;
                }
                handle.position = entries.offset();
            }
        }
        return 0;
    }

    private static final int FULL = 1;

    private int add(Handle handle, Dirents entries, boolean plus, DirectoryWriter out) {
        Scratch scratch = host.scratch();
        Name name = scratch.entryName();
        name.set(scratch.dirents(), entries.namePosition(), entries.nameLength());
        if (host.hides(handle.inode(), name) && !name.isDots()) {
            return 0;
        }
        if (!out.fits(name.length())) {
            return FULL;
        }
        Inode directory = handle.inode();
        if (name.isDots()) {
            // Never looked up, and above the root there is nothing.
            boolean hidden = directory == host.inodes().root();
            long ino = hidden ? directory.ino() : entries.ino();
            out.add(ino, entries.offset(), DT_DIR, name, null);
            return 0;
        }
        Entry entry = null;
        if (plus && host.lookup(directory, handle.fd(), name, scratch.entry()) == 0) {
            entry = scratch.entry();
        }
        long ino = entry != null ? entry.attributes().ino() : entries.ino();
        out.add(ino, entries.offset(), entries.type(), name, entry);
        return 0;
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
}
