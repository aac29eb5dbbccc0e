package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;
import static dev.jsbx.vmm.linux.FsCalls.AT_NO_AUTOMOUNT;
import static dev.jsbx.vmm.linux.FsCalls.AT_REMOVEDIR;
import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_FOLLOW;
import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_NOFOLLOW;
import static dev.jsbx.vmm.linux.FsCalls.RENAME_EXCHANGE;
import static dev.jsbx.vmm.linux.FsCalls.RENAME_NOREPLACE;

import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.MemorySegment;

/** Operations on names in directories. */
final class Namespace {
    /** Set-user-ID and set-group-ID are never given to a file of the host. */
    static final int PERMITTED_MODE = 01777;

    private final Host host;

    Namespace(Host host) {
        this.host = host;
    }

    int lookup(long parent, Name name, Entry out) {
        Inode directory = host.inode(parent);
        int fd = pin(directory);
        if (fd < 0) {
            return fd;
        }
        int result = host.lookup(directory, fd, name, out);
        host.paths().unpin(directory);
        return result;
    }

    int readlink(long node, MemorySegment to) {
        Inode link = host.inode(node);
        if (link != null && link.type() != Statx.S_IFLNK) {
            return -EINVAL;
        }
        int fd = pin(link);
        if (fd < 0) {
            return fd;
        }
        long length = FsCalls.readlinkat(fd, Scratch.empty(), to.address(), to.byteSize());
        host.paths().unpin(link);
        return (int) length;
    }

    int symlink(long parent, Name name, Name target, Entry out) {
        Inode directory = host.inode(parent);
        int fd = pin(directory);
        if (fd < 0) {
            return fd;
        }
        long made = host.mayChangeName(directory, fd, name, false);
        if (made == 0) {
            made = FsCalls.symlinkat(target.address(), fd, name.address());
        }
        return made(directory, fd, name, made, out);
    }

    int mknod(long parent, Name name, int mode, Entry out) {
        int type = mode & Statx.S_IFMT;
        if (type == Statx.S_IFCHR || type == Statx.S_IFBLK) {
            return -EPERM;
        }
        Inode directory = host.inode(parent);
        int fd = pin(directory);
        if (fd < 0) {
            return fd;
        }
        long made = host.mayChangeName(directory, fd, name, false);
        if (made == 0) {
            made = FsCalls.mknodat(fd, name.address(), type | mode & PERMITTED_MODE);
        }
        return made(directory, fd, name, made, out);
    }

    int mkdir(long parent, Name name, int mode, Entry out) {
        Inode directory = host.inode(parent);
        int fd = pin(directory);
        if (fd < 0) {
            return fd;
        }
        long made = host.mayChangeName(directory, fd, name, true);
        if (made == 0) {
            made = FsCalls.mkdirat(fd, name.address(), mode & PERMITTED_MODE);
        }
        return made(directory, fd, name, made, out);
    }

    int link(long node, long newParent, Name newName, Entry out) {
        Inode file = host.inode(node);
        Inode directory = host.inode(newParent);
        int from = pin(file);
        if (from < 0) {
            return from;
        }
        int fd = pin(directory);
        if (fd < 0) {
            host.paths().unpin(file);
            return fd;
        }
        // A second name is a way to change the file elsewhere.
        long made = host.mayChangeFile(from);
        if (made == 0) {
            made = host.mayChangeName(directory, fd, newName, false);
        }
        if (made == 0) {
            // AT_EMPTY_PATH would need CAP_DAC_READ_SEARCH.
            long source = host.scratch().procPath(from);
            made = FsCalls.linkat(AT_FDCWD, source, fd, newName.address(), AT_SYMLINK_FOLLOW);
        }
        host.paths().unpin(file);
        return made(directory, fd, newName, made, out);
    }

    /** Looks up what was just made, and unpins the directory. */
    private int made(Inode directory, int fd, Name name, long result, Entry out) {
        int found = result < 0 ? (int) result : host.lookup(directory, fd, name, out);
        host.paths().unpin(directory);
        return found;
    }

    int remove(long parent, Name name, boolean isDirectory) {
        Inode directory = host.inode(parent);
        int fd = pin(directory);
        if (fd < 0) {
            return fd;
        }
        long result = host.mayChangeName(directory, fd, name, false);
        if (result == 0) {
            Inode victim = pinLastName(fd, name);
            result = FsCalls.unlinkat(fd, name.address(), isDirectory ? AT_REMOVEDIR : 0);
            unpinVictim(victim, result);
        }
        host.paths().unpin(directory);
        return (int) result;
    }

    int rename(long parent, Name name, long newParent, Name newName, int flags) {
        if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0) {
            // RENAME_WHITEOUT would leave a device node.
            return -EINVAL;
        }
        Inode from = host.inode(parent);
        Inode to = host.inode(newParent);
        int fromFd = pin(from);
        if (fromFd < 0) {
            return fromFd;
        }
        int toFd = pin(to);
        if (toFd < 0) {
            host.paths().unpin(from);
            return toFd;
        }
        long result = host.mayChangeName(from, fromFd, name, false);
        if (result == 0) {
            result = host.mayChangeName(to, toFd, newName, false);
        }
        if (result == 0) {
            result = move(from, fromFd, name, to, toFd, newName, flags);
        }
        host.paths().unpin(from);
        host.paths().unpin(to);
        return (int) result;
    }

    private long move(
            Inode from, int fromFd, Name name, Inode to, int toFd, Name newName, int flags) {
        Inode victim = flags == 0 ? pinLastName(toFd, newName) : null;
        long result = FsCalls.renameat2(fromFd, name.address(), toFd, newName.address(), flags);
        unpinVictim(victim, result);
        if (result == 0) {
            moved(to, toFd, newName);
            if ((flags & RENAME_EXCHANGE) != 0) {
                moved(from, fromFd, name);
            }
        }
        return result;
    }

    /**
     * If the guest knows the file of that name, and it has no other, makes sure that a descriptor
     * leads to it, since the guest may go on to use it without a name.
     */
    private Inode pinLastName(int directory, Name name) {
        Inode inode = known(directory, name);
        if (inode == null
                || !inode.isDirectory() && host.scratch().statx().links() > 1
                || host.paths().pin(inode, host.scratch()) < 0) {
            return null;
        }
        return inode;
    }

    private void unpinVictim(Inode victim, long result) {
        if (victim != null) {
            if (result == 0) {
                host.paths().keep(victim);
            }
            host.paths().unpin(victim);
        }
    }

    private void moved(Inode directory, int fd, Name name) {
        Inode inode = known(fd, name);
        if (inode != null) {
            host.inodes().move(inode, directory, name);
        }
    }

    private Inode known(int directory, Name name) {
        Statx statx = host.scratch().statx();
        int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
        long result = statx.read(directory, name.address(), flags);
        return result == 0 ? host.inodes().find(statx) : null;
    }

    private int pin(Inode inode) {
        return inode == null ? -ESTALE : host.paths().pin(inode, host.scratch());
    }
}
