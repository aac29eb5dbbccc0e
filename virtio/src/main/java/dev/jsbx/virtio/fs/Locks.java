package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EACCES;
import static dev.jsbx.vmm.linux.Errno.EAGAIN;
import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ENOLCK;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;
import static dev.jsbx.vmm.linux.RecordLock.F_UNLCK;

import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.RecordLock;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Locks that hold against the host's processes and the guest's alike. Each owner in the guest has
 * an open file of its own on the host for each file it locks, whose open file description locks are
 * the owner's; {@code flock(2)} is done on the handle's own descriptor. Nothing here waits. Any
 * thread may use it.
 *
 * <p>One thing differs from a local file: a process that has one file open several times, and
 * closes a descriptor that it can only read or only write, keeps locks that it has taken through
 * another; POSIX would have them go. Closing such a descriptor is not told to the host, which saves
 * a round trip for nearly every file.
 */
final class Locks {
    /** Open files for owners, all files together. */
    private static final int MOST_OWNERS = 1024;

    /** Ranges of one file. */
    private static final int MOST_RANGES = 4096;

    /** An owner of locks on a file. */
    private record OwnerKey(Inode file, long owner) {}

    /** Its open file on the host, and the guest's handle through which it came to be. */
    private record OwnerFile(int fd, long handle) {}

    private final Host host;
    private final Map<OwnerKey, OwnerFile> owners = new HashMap<>();
    private final Map<Inode, LockRanges> ranges = new HashMap<>();

    Locks(Host host) {
        this.host = host;
    }

    /**
     * Looks for what stands in the way of a lock.
     *
     * @return 0 and {@code out} describing it, or of type F_UNLCK
     */
    int find(LockRequest request, LockReply out) {
        Handle handle = request.isValid() ? host.handles().use(request.handle()) : null;
        if (handle == null) {
            return request.isValid() ? -EBADF : -EINVAL;
        }
        int result = find(handle, request, out);
        handle.done();
        return result;
    }

    private synchronized int find(Handle handle, LockRequest request, LockReply out) {
        OwnerFile owner = owners.get(new OwnerKey(handle.inode(), request.owner()));
        RecordLock lock = host.scratch().lock();
        lock.set(request.type(), request.start(), request.length());
        // No range is ever locked through the handle's own descriptor.
        long result = lock.find(owner == null ? handle.fd() : owner.fd());
        if (result == 0) {
            LockRanges known = ranges.get(handle.inode());
            LockRanges.Range range = known == null ? null : known.conflict(request);
            out.set(lock, range == null ? 0 : range.pid());
        }
        return (int) result;
    }

    /**
     * Takes, changes or gives back a lock.
     *
     * @return {@code -EAGAIN} if another stands in the way
     */
    int apply(LockRequest request) {
        if (!request.isValid()) {
            return -EINVAL;
        }
        Handle handle = host.handles().use(request.handle());
        if (handle == null) {
            return -EBADF;
        }
        int result =
                request.wholeFile()
                        ? (int) RecordLock.flock(handle.fd(), request.type())
                        : applyRange(handle, request);
        handle.done();
        return result == -EACCES ? -EAGAIN : result;
    }

    private synchronized int applyRange(Handle handle, LockRequest request) {
        OwnerKey key = new OwnerKey(handle.inode(), request.owner());
        OwnerFile owner = owners.get(key);
        LockRanges known = ranges.computeIfAbsent(handle.inode(), inode -> new LockRanges());
        if (owner == null) {
            if (request.type() == F_UNLCK) {
                return 0;
            }
            if (owners.size() >= MOST_OWNERS) {
                return -ENOLCK;
            }
            int fd = reopen(handle);
            if (fd < 0) {
                return fd;
            }
            owner = new OwnerFile(fd, handle.id());
            owners.put(key, owner);
        }
        if (known.size() >= MOST_RANGES && request.type() != F_UNLCK) {
            return -ENOLCK;
        }
        RecordLock lock = host.scratch().lock();
        lock.set(request.type(), request.start(), request.length());
        int result = (int) lock.apply(owner.fd());
        if (result == 0) {
            known.apply(request);
        }
        return result;
    }

    /** A write lock needs a file open for writing, a read lock one for reading. */
    private int reopen(Handle handle) {
        Scratch scratch = host.scratch();
        long path = scratch.procPath(handle.fd());
        long fd = FsCalls.openat(AT_FDCWD, path, Files.O_RDWR, 0);
        if (fd < 0) {
            fd = FsCalls.openat(AT_FDCWD, path, Files.O_RDONLY, 0);
        }
        return fd < 0 ? (int) FsCalls.openat(AT_FDCWD, path, Files.O_WRONLY, 0) : (int) fd;
    }

    /** The owner in the guest whose lock stands in the way, or null: then it is the host's. */
    synchronized Long conflictingOwner(LockRequest request) {
        Handle handle = host.handles().use(request.handle());
        if (handle == null) {
            return null;
        }
        LockRanges known = ranges.get(handle.inode());
        LockRanges.Range range =
                known == null || request.wholeFile() ? null : known.conflict(request);
        handle.done();
        return range == null ? null : range.owner();
    }

    /** Gives back all locks of an owner on a file: it has closed one of its descriptors. */
    synchronized boolean releaseOwner(Inode file, long owner) {
        OwnerFile released = owners.remove(new OwnerKey(file, owner));
        if (released == null) {
            return false;
        }
        FsCalls.close(released.fd());
        forgetOwner(file, owner);
        return true;
    }

    /** Gives back what was locked through a handle that is no longer open. */
    synchronized boolean releaseHandle(Inode file, long handle) {
        if (owners.isEmpty()) {
            return false;
        }
        boolean any = false;
        for (Iterator<Map.Entry<OwnerKey, OwnerFile>> i = owners.entrySet().iterator();
                i.hasNext(); ) {
            Map.Entry<OwnerKey, OwnerFile> entry = i.next();
            if (entry.getKey().file() == file && entry.getValue().handle() == handle) {
                FsCalls.close(entry.getValue().fd());
                forgetOwner(file, entry.getKey().owner());
                i.remove();
                any = true;
            }
        }
        return any;
    }

    private void forgetOwner(Inode file, long owner) {
        LockRanges known = ranges.get(file);
        if (known != null) {
            known.release(owner);
            if (known.size() == 0) {
                ranges.remove(file);
            }
        }
    }

    /** Gives back all locks. */
    synchronized void clear() {
        owners.values().forEach(owner -> FsCalls.close(owner.fd()));
        owners.clear();
        ranges.clear();
    }
}
