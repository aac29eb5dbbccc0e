package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.StatFs;
import java.lang.foreign.MemorySegment;

/**
 * What a FUSE server serves: one method per operation, apart from how requests travel. A node is a
 * file that the guest knows, a handle is one that it has open.
 *
 * <p>Results are {@code -errno} when negative, and 0 or a count otherwise. Arguments come from the
 * guest and may be anything, but names of files in directories have been checked to be single
 * components. Any thread may call any method at any time; none waits for another request.
 */
public interface FileSystem {
    /**
     * Has the calling thread act as the files' owner. It calls nothing else here before, and does
     * nothing else afterwards.
     */
    void assumeOwner();

    /** Finds a name in a directory, and counts that the guest was told of it. */
    int lookup(long parent, Name name, Entry out);

    /** Takes back {@code times} counts. */
    void forget(long node, long times);

    /**
     * @param handle an open handle of the node, or 0
     */
    int getattr(long node, long handle, Attributes out);

    int setattr(long node, AttributeChange change, Attributes out);

    /** The bytes of a symbolic link's target. */
    int readlink(long node, MemorySegment to);

    int symlink(long parent, Name name, Name target, Entry out);

    /**
     * @param mode type and permissions
     */
    int mknod(long parent, Name name, int mode, Entry out);

    int mkdir(long parent, Name name, int mode, Entry out);

    int unlink(long parent, Name name);

    int rmdir(long parent, Name name);

    /**
     * @param flags RENAME_ bits
     */
    int rename(long parent, Name name, long newParent, Name newName, int flags);

    int link(long node, long newParent, Name newName, Entry out);

    /**
     * @param flags of {@code open(2)}
     * @param dropPrivileges whether truncating clears set-user-ID and set-group-ID
     * @param thread of the guest who opens it, by its number there
     */
    int open(long node, int flags, boolean dropPrivileges, int thread, Opened out);

    int create(long parent, Name name, int flags, int mode, Entry entry, Opened opened);

    /** Makes and opens a file without a name. */
    int tmpfile(long parent, int flags, int mode, Entry entry, Opened opened);

    /**
     * Reads into {@code to}, from its byte {@code at} on.
     *
     * @return bytes read
     */
    long read(long handle, long offset, WritableBuffers to, long at, long length);

    /**
     * Writes what is in {@code from}, from its byte {@code at} on.
     *
     * @param append whether at the end of the file, wherever that is, and not at {@code offset}
     * @param dropPrivileges whether this clears set-user-ID and set-group-ID
     * @return bytes written
     */
    long write(
            long handle,
            long offset,
            ReadableBuffers from,
            long at,
            long length,
            boolean append,
            boolean dropPrivileges);

    /** One of the descriptors of an open file was closed in the guest. */
    int flush(long handle, long lockOwner);

    /** The last of them was. */
    int release(long handle);

    int fsync(long handle, boolean dataOnly);

    int opendir(long node, Opened out);

    /**
     * Lists a directory from {@code offset} on, until {@code out} is full.
     *
     * @param plus whether each entry is looked up, and counted, on the way
     */
    int readdir(long handle, long offset, boolean plus, DirectoryWriter out);

    int releasedir(long handle);

    int fsyncdir(long handle, boolean dataOnly);

    /**
     * @param size room of the guest's; 0 asks for the value's size
     * @return bytes of the value, which is in {@code to} unless {@code size} is 0
     */
    int getxattr(long node, Name name, MemorySegment to, int size);

    int listxattr(long node, MemorySegment to, int size);

    int setxattr(long node, Name name, MemorySegment value, int flags);

    int removexattr(long node, Name name);

    /**
     * @param mask of {@code access(2)}
     */
    int access(long node, int mask);

    int statfs(StatFs out);

    int fallocate(long handle, int mode, long offset, long length);

    /**
     * @return the position
     */
    long lseek(long handle, long offset, int whence);

    /**
     * @return bytes copied
     */
    long copyFileRange(long from, long fromOffset, long to, long toOffset, long length);

    int syncfs();

    /** Whether the guest has a window to map files into; else it may not be asked to. */
    boolean mapsFiles();

    /**
     * Maps a part of a file into the guest's window. Offsets and lengths are bytes.
     *
     * @param writes whether the guest may write to it
     * @param at where in the window
     */
    int map(long node, boolean writes, long fileOffset, long length, long at);

    /** Takes a part of the window back. */
    int unmap(long at, long length);

    /** Looks for what stands in the way of a lock. */
    int getlk(LockRequest request, LockReply out);

    /**
     * Takes, changes or gives back a lock, without waiting.
     *
     * @return {@code -EAGAIN} if another stands in the way
     */
    int setlk(LockRequest request);

    /** The owner in the guest whose lock stands in the way, or null: then it is the host's. */
    Long conflictingOwner(LockRequest request);

    /** Forgets all that the guest knew or had open: it is gone, or begins anew. */
    void reset();
}
