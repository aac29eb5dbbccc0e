package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.ENODATA;
import static dev.jsbx.vmm.linux.Errno.EOPNOTSUPP;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.Errno.ERANGE;
import static dev.jsbx.vmm.linux.Errno.ESTALE;

import dev.jsbx.vmm.linux.FsCalls;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Extended attributes, of which the guest has those in the {@code user.} namespace. All others say
 * something to the host's kernel (capabilities, security labels, access lists, overlays), and are
 * neither shown nor made.
 */
final class ExtendedAttributes {
    private static final byte[] USER = "user.".getBytes(StandardCharsets.US_ASCII);

    private final Host host;

    ExtendedAttributes(Host host) {
        this.host = host;
    }

    int get(long node, Name name, MemorySegment to, int size) {
        if (!name.startsWith(USER)) {
            return -EOPNOTSUPP;
        }
        Inode inode = host.inode(node);
        if (!mayHave(inode)) {
            return inode == null ? -ESTALE : -ENODATA;
        }
        int fd = host.paths().pin(inode, host.scratch());
        if (fd < 0) {
            return fd;
        }
        long path = host.scratch().procPath(fd);
        long room = Math.min(Integer.toUnsignedLong(size), to.byteSize());
        long result = FsCalls.getxattr(path, name.address(), to.address(), room);
        host.paths().unpin(inode);
        return (int) result;
    }

    int list(long node, MemorySegment to, int size) {
        Inode inode = host.inode(node);
        if (!mayHave(inode)) {
            return inode == null ? -ESTALE : 0;
        }
        int fd = host.paths().pin(inode, host.scratch());
        if (fd < 0) {
            return fd;
        }
        // All are needed to tell how long those are that the guest may see.
        long path = host.scratch().procPath(fd);
        long all = FsCalls.listxattr(path, to.address(), to.byteSize());
        host.paths().unpin(inode);
        if (all <= 0) {
            return (int) all;
        }
        int visible = keepVisible(to, (int) all);
        return size != 0 && Integer.compareUnsigned(size, visible) < 0 ? -ERANGE : visible;
    }

    private static int keepVisible(MemorySegment names, int length) {
        int kept = 0;
        Name name = new Name();
        for (int at = 0; at < length; ) {
            int next = (int) name.find(names, at, length);
            if (next < 0) {
                return kept;
            }
            if (name.startsWith(USER)) {
                MemorySegment.copy(names, at, names, kept, next - at);
                kept += next - at;
            }
            at = next;
        }
        return kept;
    }

    int set(long node, Name name, MemorySegment value, int flags) {
        if (!name.startsWith(USER)) {
            return -EOPNOTSUPP;
        }
        Inode inode = host.inode(node);
        if (!mayHave(inode)) {
            return inode == null ? -ESTALE : -EPERM;
        }
        int fd = host.paths().pin(inode, host.scratch());
        if (fd < 0) {
            return fd;
        }
        long result = host.mayChangeFile(fd);
        if (result == 0) {
            long path = host.scratch().procPath(fd);
            long bytes = value.byteSize();
            result = FsCalls.setxattr(path, name.address(), value.address(), bytes, flags);
        }
        host.paths().unpin(inode);
        return (int) result;
    }

    int remove(long node, Name name) {
        if (!name.startsWith(USER)) {
            return -EOPNOTSUPP;
        }
        Inode inode = host.inode(node);
        if (!mayHave(inode)) {
            return inode == null ? -ESTALE : -EPERM;
        }
        int fd = host.paths().pin(inode, host.scratch());
        if (fd < 0) {
            return fd;
        }
        long result = host.mayChangeFile(fd);
        if (result == 0) {
            result = FsCalls.removexattr(host.scratch().procPath(fd), name.address());
        }
        host.paths().unpin(inode);
        return (int) result;
    }

    /** Linux has user attributes on regular files and directories only (xattr(7)). */
    private static boolean mayHave(Inode inode) {
        return inode != null && (inode.isRegular() || inode.isDirectory());
    }
}
