package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.EOPNOTSUPP;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;

import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.Statx;

/** The content of open files. */
final class FileData {
    private static final int FALLOCATE_MODES =
            Files.FALLOC_FL_KEEP_SIZE | Files.FALLOC_FL_PUNCH_HOLE | Files.FALLOC_FL_ZERO_RANGE;

    /** A longer copy is cut short, which callers expect, so that no request lasts for minutes. */
    private static final long MOST_COPIED = 128L << 20;

    private final Host host;

    FileData(Host host) {
        this.host = host;
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
        // Again: the file may have been moved since it was opened, by the host, to a guarded place.
        long result = host.mayChangeFile(handle.fd());
        if (result == 0) {
            if (dropPrivileges && handle.privileged) {
                dropPrivileges(handle);
            }
            int count = from.iovecs(at, length);
            int flags = append ? FsCalls.RWF_APPEND : 0;
            result = FsCalls.pwritev2(handle.fd(), from.iovecAddress(), count, offset, flags);
            host.reached(handle.inode(), offset + result);
        }
        handle.done();
        return result;
    }

    private void dropPrivileges(Handle handle) {
        Statx statx = host.scratch().statx();
        if (statx.read(handle.fd(), Scratch.empty(), AT_EMPTY_PATH) == 0) {
            Privileges.drop(handle.fd(), statx, host.scratch());
            handle.privileged = false;
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
        long result = host.mayChangeFile(handle.fd());
        if (result == 0) {
            result = Io.fallocate(handle.fd(), mode, offset, length);
            if (result == 0 && (mode & Files.FALLOC_FL_KEEP_SIZE) == 0) {
                host.reached(handle.inode(), offset + length);
            }
        }
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
        long result = length < 0 ? -EINVAL : host.mayChangeFile(target.fd());
        if (result == 0) {
            long offsets = host.scratch().offsets(fromOffset, toOffset);
            long bytes = Math.min(length, MOST_COPIED);
            result = FsCalls.copyFileRange(source.fd(), target.fd(), offsets, bytes);
            host.reached(target.inode(), toOffset + result);
        }
        source.done();
        target.done();
        return result;
    }
}
