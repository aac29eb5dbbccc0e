package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EROFS;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;

import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.memory.MemoryWindow;

/**
 * Mapping files into the guest's DAX window, where there is one, on the terms on which it may open
 * them.
 */
final class FileMapping {
    private final Host host;
    private volatile DaxWindow window; // or null

    FileMapping(Host host) {
        this.host = host;
    }

    /** Gives the share a window, before it is served. */
    void use(MemoryWindow memory) {
        if (!isPossible()) {
            throw new IllegalStateException("files of this share cannot be mapped");
        }
        window = new DaxWindow(memory);
    }

    /**
     * Whether files of this share may be mapped at all. A guarded file must not be changed,
     * wherever the host moves it, and nothing could refuse a write to memory; a single file may
     * become another one under the same node.
     */
    boolean isPossible() {
        return host.share().guarded().isEmpty() && host.share().only() == null;
    }

    /** Whether there is a window for files of this share. */
    boolean isOffered() {
        return window != null;
    }

    /** Whether the guest is to map that file instead of reading it, now that it is new to it. */
    boolean isFor(Inode inode, long size) {
        return inode.isRegular() && size >= DaxWindow.SMALLEST_FILE && isOffered();
    }

    /** See {@link FileSystem#map}; only where a window {@link #isOffered}. */
    int map(long node, boolean writes, long fileOffset, long length, long at) {
        Inode inode = host.inode(node);
        if (inode == null) {
            return -ESTALE;
        }
        if (!inode.isRegular()) {
            return -EBADF;
        }
        if (writes && host.share().readOnly()) {
            return -EROFS;
        }
        int fd = open(inode, writes);
        if (fd < 0) {
            return fd;
        }
        int result = window.map(inode, fd, writes, fileOffset, length, at);
        FsCalls.close(fd);
        return result;
    }

    private int open(Inode inode, boolean writes) {
        Scratch scratch = host.scratch();
        int path = host.paths().pin(inode, scratch);
        if (path < 0) {
            return path;
        }
        int mode = writes ? Files.O_RDWR : Files.O_RDONLY;
        long fd = FsCalls.openat(AT_FDCWD, scratch.procPath(path), mode, 0);
        host.paths().unpin(inode);
        return (int) fd;
    }

    /** See {@link FileSystem#unmap}; only where a window is offered. */
    int unmap(long at, long length) {
        return window.unmap(at, length);
    }

    /** See {@link DaxWindow#opensForWriting}. */
    void opensForWriting(Inode inode) {
        DaxWindow used = window;
        if (used != null) {
            used.opensForWriting(inode);
        }
    }

    /** See {@link DaxWindow#sizeChanges}. */
    void sizeChanges(Inode inode) {
        DaxWindow used = window;
        if (used != null) {
            used.sizeChanges(inode, this::open);
        }
    }

    /** See {@link DaxWindow#repair}. */
    void repair() {
        DaxWindow used = window;
        if (used != null && used.isInUse()) {
            used.repair();
        }
    }

    /** Takes everything away. */
    void clear() {
        DaxWindow used = window;
        if (used != null) {
            used.clear();
        }
    }
}
