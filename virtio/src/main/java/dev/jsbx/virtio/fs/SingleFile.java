package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.FsCalls.AT_NO_AUTOMOUNT;
import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_NOFOLLOW;

import dev.jsbx.vmm.linux.Statx;

/**
 * The one file of a share. A guest binds it to a path of its own and never looks it up again, so
 * its node has to outlive the file: editors of the host write a new file and rename it over the
 * old. At each request the node is whatever file has the name by then. Any thread may use it.
 */
final class SingleFile {
    private final byte[] name;
    private final InodeTable inodes;
    private final PathDescriptors paths;

    // 0 until the guest has looked it up.
    private volatile long node;

    SingleFile(byte[] name, InodeTable inodes, PathDescriptors paths) {
        this.name = name;
        this.inodes = inodes;
        this.paths = paths;
    }

    /** Whether that is the file's name. */
    boolean is(Name other) {
        return other.is(name);
    }

    /** What the guest means by a file that it knows. */
    Inode current(Inode known, Scratch scratch) {
        if (known == null || known.node() != node) {
            return known;
        }
        int root = paths.pin(inodes.root(), scratch);
        if (root < 0) {
            return known;
        }
        Statx statx = scratch.statx();
        int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
        long result = statx.read(root, scratch.name(name), flags);
        paths.unpin(inodes.root());
        return result == 0 ? replaced(known, statx) : known;
    }

    /** Takes note of what is about to be looked up: to the guest it is the file that it knows. */
    void seen(Statx statx) {
        Inode known = inodes.get(node);
        if (known != null) {
            replaced(known, statx);
        }
    }

    /** Takes note of the node by which the guest knows the file. */
    void known(long by) {
        node = by;
    }

    private Inode replaced(Inode known, Statx statx) {
        // Linux takes a node for broken that changes its type.
        return known.is(statx) || known.type() != statx.type()
                ? known
                : inodes.replace(known, statx);
    }
}
