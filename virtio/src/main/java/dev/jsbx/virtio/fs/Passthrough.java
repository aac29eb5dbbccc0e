package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EBADF;

import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.StatFs;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.lang.foreign.MemorySegment;

/**
 * A directory of the host as a file system: each operation is done on the host's file system at
 * once, as the directory's owner, and nothing is kept that could become stale.
 */
public final class Passthrough implements FileSystem, AutoCloseable {
    private final Host host;
    private final Namespace names;
    private final FileOpening opening;
    private final FileData data;
    private final Directories directories;
    private final Metadata metadata;
    private final ExtendedAttributes attributes;
    private final Locks locks;

    /**
     * @throws BadShareException if the directory cannot be shared
     */
    public Passthrough(Share share) {
        host = new Host(share);
        names = new Namespace(host);
        opening = new FileOpening(host);
        data = new FileData(host);
        directories = new Directories(host);
        metadata = new Metadata(host);
        attributes = new ExtendedAttributes(host);
        locks = new Locks(host);
    }

    /** Whether a guest may be allowed to map this share's files. */
    boolean canMap() {
        return host.mapping().isPossible();
    }

    /**
     * Lets the guest map files into its memory, from the next INIT on.
     *
     * @param window stays the caller's, and outlives whatever the guest has mapped: {@link #reset}
     */
    public void map(MemoryWindow window) {
        host.mapping().use(window);
    }

    /** Looks after what the guest has mapped, see {@link DaxWindow#repair}. */
    void repairMapped() {
        host.mapping().repair();
    }

    /** On what terms the directory is shared. */
    public Share share() {
        return host.share();
    }

    @Override
    public void assumeOwner() {
        host.ownership().assume();
    }

    /** How many files the guest knows, how many it has open, how many have a descriptor. */
    String census() {
        return String.format(
                "%d known, %d open, %d descriptors",
                host.inodes().size(), host.handles().size(), host.paths().open());
    }

    @Override
    public int lookup(long parent, Name name, Entry out) {
        return names.lookup(parent, name, out);
    }

    @Override
    public void forget(long node, long times) {
        host.inodes().forget(node, times);
    }

    @Override
    public int getattr(long node, long handle, Attributes out) {
        return metadata.getattr(node, handle, out);
    }

    @Override
    public int setattr(long node, AttributeChange change, Attributes out) {
        return metadata.setattr(node, change, out);
    }

    @Override
    public int readlink(long node, MemorySegment to) {
        return names.readlink(node, to);
    }

    @Override
    public int symlink(long parent, Name name, Name target, Entry out) {
        return names.symlink(parent, name, target, out);
    }

    @Override
    public int mknod(long parent, Name name, int mode, Entry out) {
        return names.mknod(parent, name, mode, out);
    }

    @Override
    public int mkdir(long parent, Name name, int mode, Entry out) {
        return names.mkdir(parent, name, mode, out);
    }

    @Override
    public int unlink(long parent, Name name) {
        return names.remove(parent, name, false);
    }

    @Override
    public int rmdir(long parent, Name name) {
        return names.remove(parent, name, true);
    }

    @Override
    public int rename(long parent, Name name, long newParent, Name newName, int flags) {
        return names.rename(parent, name, newParent, newName, flags);
    }

    @Override
    public int link(long node, long newParent, Name newName, Entry out) {
        return names.link(node, newParent, newName, out);
    }

    @Override
    public int open(long node, int flags, boolean dropPrivileges, int thread, Opened out) {
        return opening.open(node, flags, dropPrivileges, thread, out);
    }

    @Override
    public int create(long parent, Name name, int flags, int mode, Entry entry, Opened opened) {
        return opening.create(parent, name, flags, mode, entry, opened);
    }

    @Override
    public int tmpfile(long parent, int flags, int mode, Entry entry, Opened opened) {
        return opening.tmpfile(parent, flags, mode, entry, opened);
    }

    @Override
    public long read(long handle, long offset, WritableBuffers to, long at, long length) {
        return data.read(handle, offset, to, at, length);
    }

    @Override
    public long write(
            long handle,
            long offset,
            ReadableBuffers from,
            long at,
            long length,
            boolean append,
            boolean dropPrivileges) {
        return data.write(handle, offset, from, at, length, append, dropPrivileges);
    }

    @Override
    public int flush(long handle, long lockOwner) {
        Handle open = host.handles().use(handle);
        if (open == null) {
            return -EBADF;
        }
        locks.releaseOwner(open.inode(), lockOwner);
        int result = data.flush(open);
        open.done();
        return result;
    }

    @Override
    public int release(long handle) {
        Handle released = host.handles().remove(handle);
        if (released == null) {
            return -EBADF;
        }
        locks.releaseHandle(released.inode(), handle);
        return 0;
    }

    @Override
    public int fsync(long handle, boolean dataOnly) {
        return data.fsync(handle, dataOnly);
    }

    @Override
    public int opendir(long node, Opened out) {
        return directories.opendir(node, out);
    }

    @Override
    public int readdir(long handle, long offset, boolean plus, DirectoryWriter out) {
        return directories.readdir(handle, offset, plus, out);
    }

    @Override
    public int releasedir(long handle) {
        return release(handle);
    }

    @Override
    public int fsyncdir(long handle, boolean dataOnly) {
        return directories.fsync(handle, dataOnly);
    }

    @Override
    public int getxattr(long node, Name name, MemorySegment to, int size) {
        return attributes.get(node, name, to, size);
    }

    @Override
    public int listxattr(long node, MemorySegment to, int size) {
        return attributes.list(node, to, size);
    }

    @Override
    public int setxattr(long node, Name name, MemorySegment value, int flags) {
        return attributes.set(node, name, value, flags);
    }

    @Override
    public int removexattr(long node, Name name) {
        return attributes.remove(node, name);
    }

    @Override
    public int access(long node, int mask) {
        return metadata.access(node, mask);
    }

    @Override
    public int statfs(StatFs out) {
        return metadata.statfs(out);
    }

    @Override
    public int fallocate(long handle, int mode, long offset, long length) {
        return data.fallocate(handle, mode, offset, length);
    }

    @Override
    public long lseek(long handle, long offset, int whence) {
        return data.lseek(handle, offset, whence);
    }

    @Override
    public long copyFileRange(long from, long fromOffset, long to, long toOffset, long length) {
        return data.copy(from, fromOffset, to, toOffset, length);
    }

    @Override
    public int syncfs() {
        return metadata.syncfs();
    }

    @Override
    public boolean mapsFiles() {
        return host.mapping().isOffered();
    }

    @Override
    public int map(long node, boolean writes, long fileOffset, long length, long at) {
        return host.mapping().map(node, writes, fileOffset, length, at);
    }

    @Override
    public int unmap(long at, long length) {
        return host.mapping().unmap(at, length);
    }

    @Override
    public int getlk(LockRequest request, LockReply out) {
        return locks.find(request, out);
    }

    @Override
    public int setlk(LockRequest request) {
        return locks.apply(request);
    }

    @Override
    public Long conflictingOwner(LockRequest request) {
        return locks.conflictingOwner(request);
    }

    @Override
    public void reset() {
        host.mapping().clear();
        locks.clear();
        host.handles().clear();
        host.inodes().clear();
    }

    /** Gives back every descriptor. No thread may be in any other method, or call one later. */
    @Override
    public void close() {
        locks.clear();
        host.close();
    }
}
