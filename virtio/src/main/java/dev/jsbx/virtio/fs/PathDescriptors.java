package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EAGAIN;
import static dev.jsbx.vmm.linux.Errno.ENOENT;
import static dev.jsbx.vmm.linux.Errno.ENOTDIR;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;
import static dev.jsbx.vmm.linux.FsCalls.AT_NO_AUTOMOUNT;
import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_NOFOLLOW;

import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;
import java.util.List;

/**
 * O_PATH descriptors of the files that the guest works with: a limited number, of which the least
 * recently used is closed for the next one. A file whose descriptor was closed is found again by
 * walking from the nearest ancestor that has one, name by name, and is then compared with what it
 * was; if another stands in its place the answer is ESTALE, upon which Linux looks its path up
 * again.
 *
 * <pre>
 *   pin(inode) ─ has one? ──────────────────────────────▶ fd, kept open until unpin
 *        │ no                                               ▲
 *        └─ up to an ancestor that has ─ openat2 down ─ same identity?
 * </pre>
 *
 * <p>Each step of a walk is one name, opened beneath the step before and without following a link.
 * Any thread may use it; system calls are made without the lock.
 */
final class PathDescriptors {
    private static final int DEEPEST = 8192;
    private static final int ATTEMPTS = 8;

    private final Inode root;
    private final int limit;
    private final int resolve;

    // The most and the least recently used; the root and nameless files are never in this list.
    private Inode newest;
    private Inode oldest;
    private int open;

    /**
     * @param rootFd O_PATH descriptor of the shared directory, closed with this
     * @param limit how many to keep open, apart from those in use
     * @param resolve RESOLVE_ bits of every step
     */
    PathDescriptors(Inode root, int rootFd, int limit, int resolve) {
        this.root = root;
        this.limit = limit;
        this.resolve = resolve;
        root.fd = rootFd;
    }

    /** How many are open, apart from the root's. */
    synchronized int open() {
        return open;
    }

    /**
     * The file's descriptor, open until {@link #unpin}.
     *
     * @return {@code -errno} if it cannot be had, and then there is nothing to unpin
     */
    int pin(Inode inode, Scratch scratch) {
        int fd = tryPin(inode);
        return fd >= 0 ? fd : walk(inode, scratch);
    }

    synchronized void unpin(Inode inode) {
        inode.pins--;
        if (inode.pins == 0 && open > limit) {
            evict();
        }
    }

    /** Gives a file without a descriptor one that the caller has opened, and must not close. */
    void adopt(Inode inode, int fd) {
        publish(inode, fd);
        unpin(inode);
    }

    /**
     * Keeps the descriptor open as long as the guest knows the file: its last name is about to go.
     */
    synchronized void keep(Inode inode) {
        if (inode.fd >= 0) {
            unlink(inode);
        }
        inode.loseName();
    }

    /** Closes the file's descriptor, if it has one. */
    synchronized void drop(Inode inode) {
        if (inode.fd >= 0 && inode.pins == 0 && inode != root) {
            close(inode);
        } else if (inode.fd >= 0 && inode != root && inode.isNameless()) {
            // In use: from now on the next eviction may close it.
            link(inode);
        }
    }

    /**
     * Asks for the file's attributes without opening it.
     *
     * @return 0 or {@code -errno}
     */
    int stat(Inode inode, Statx to, Scratch scratch) {
        int fd = tryPin(inode);
        if (fd >= 0) {
            long result = to.read(fd, Scratch.empty(), AT_EMPTY_PATH);
            unpin(inode);
            return (int) result;
        }
        return statAtPlace(inode, to, scratch);
    }

    /**
     * Looks at where the file was seen last.
     *
     * @return 0 if it is there; ESTALE if not
     */
    int statAtPlace(Inode inode, Statx to, Scratch scratch) {
        Inode.Place place = inode.place();
        if (place == null) {
            return -ESTALE;
        }
        int parent = pin(place.parent(), scratch);
        if (parent < 0) {
            return parent;
        }
        int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
        long result = to.read(parent, scratch.name(place.name()), flags);
        unpin(place.parent());
        return result == 0 ? inode.is(to) ? 0 : -ESTALE : stale((int) result);
    }

    /** Closes all, the root's too. */
    synchronized void close() {
        while (oldest != null) {
            close(oldest);
        }
        FsCalls.close(root.fd);
        root.fd = -1;
    }

    private synchronized int tryPin(Inode inode) {
        if (inode.fd >= 0) {
            inode.pins++;
            if (inode != newest && isLinked(inode)) {
                unlink(inode);
                link(inode);
            }
        }
        return inode.fd;
    }

    private int walk(Inode inode, Scratch scratch) {
        List<Inode> chain = scratch.chain();
        chain.clear();
        Inode at = inode;
        int fd;
        while ((fd = tryPin(at)) < 0) {
            Inode.Place place = at.place();
            // Places are hints, and may lead in circles after the host has moved directories.
            if (place == null || chain.size() == DEEPEST) {
                return -ESTALE;
            }
            chain.add(at);
            at = place.parent();
        }
        for (int i = chain.size() - 1; i >= 0; i--) {
            Inode next = chain.get(i);
            int opened = step(fd, next, scratch);
            if (opened >= 0) {
                fd = publish(next, opened);
            }
            unpin(at);
            if (opened < 0) {
                return opened;
            }
            at = next;
        }
        return fd;
    }

    private int step(int parent, Inode inode, Scratch scratch) {
        Inode.Place place = inode.place();
        if (place == null) {
            return -ESTALE;
        }
        int fd = openPath(parent, scratch.name(place.name()), scratch);
        if (fd < 0) {
            return stale(fd);
        }
        long result = scratch.statx().read(fd, Scratch.empty(), AT_EMPTY_PATH);
        if (result == 0 && inode.is(scratch.statx())) {
            return fd;
        }
        FsCalls.close(fd);
        return -ESTALE;
    }

    /** Opens a name in a directory as O_PATH. */
    int openPath(int directory, long name, Scratch scratch) {
        long fd;
        int attempts = 0;
        do {
            // EAGAIN: something was renamed meanwhile, and the kernel could not be sure.
            fd =
                    FsCalls.openat2(
                            directory,
                            name,
                            scratch.how().set(Files.O_PATH | Files.O_NOFOLLOW, 0, resolve));
        } while (fd == -EAGAIN && ++attempts < ATTEMPTS);
        return (int) fd;
    }

    /** A name that leads nowhere any more makes a node stale, not absent. */
    private static int stale(int error) {
        return error == -ENOENT || error == -ENOTDIR ? -ESTALE : error;
    }

    /** Makes a descriptor the file's, or closes it if another thread was faster; pins it. */
    private synchronized int publish(Inode inode, int fd) {
        inode.pins++;
        if (inode.fd >= 0) {
            FsCalls.close(fd);
            return inode.fd;
        }
        inode.fd = fd;
        open++;
        if (!inode.isNameless()) {
            link(inode);
        }
        if (open > limit) {
            evict();
        }
        return fd;
    }

    private void evict() {
        Inode candidate = oldest;
        while (candidate != null && open > limit) {
            Inode next = candidate.newer;
            if (candidate.pins == 0) {
                close(candidate);
            }
            candidate = next;
        }
    }

    private void close(Inode inode) {
        unlink(inode);
        FsCalls.close(inode.fd);
        inode.fd = -1;
        open--;
    }

    private boolean isLinked(Inode inode) {
        return inode.newer != null || inode.older != null || inode == newest;
    }

    private void link(Inode inode) {
        if (isLinked(inode)) {
            return;
        }
        inode.older = newest;
        if (newest != null) {
            newest.newer = inode;
        } else {
            oldest = inode;
        }
        newest = inode;
    }

    private void unlink(Inode inode) {
        if (!isLinked(inode)) {
            return;
        }
        if (inode.newer != null) {
            inode.newer.older = inode.older;
        } else {
            newest = inode.older;
        }
        if (inode.older != null) {
            inode.older.newer = inode.newer;
        } else {
            oldest = inode.newer;
        }
        inode.newer = null;
        inode.older = null;
    }
}
