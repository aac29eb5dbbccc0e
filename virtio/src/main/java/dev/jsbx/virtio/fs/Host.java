package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.ENFILE;
import static dev.jsbx.vmm.linux.Errno.ENOENT;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.Errno.EXDEV;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;
import static dev.jsbx.vmm.linux.FsCalls.AT_NO_AUTOMOUNT;
import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_NOFOLLOW;

import dev.jsbx.vmm.linux.DescriptorLimit;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.OpenHow;
import dev.jsbx.vmm.linux.StatFs;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** The shared directory as the operations see it: its tables, its limits, and its translations. */
final class Host {
    private static final long WANTED_DESCRIPTORS = 1 << 20;
    private static final int MOST_KNOWN_FILES = 4 << 20;
    private static final long BYTES_PER_KNOWN_FILE = 256;

    private final Share share;
    private final Ownership ownership;
    private final InodeTable inodes;
    private final PathDescriptors paths;
    private final HandleTable handles;
    private final InodeNumbers numbers;
    private final Guards guards;
    private final SingleFile single; // or null
    private final boolean remote;
    private final FileMapping mapping = new FileMapping(this);
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    /**
     * @throws BadShareException if the directory cannot be shared
     */
    Host(Share share) {
        this.share = share;
        Fd root = open(share);
        Statx statx = new Statx(Arena.ofAuto().allocate(Statx.SIZE, Long.BYTES));
        long result = statx.read(root.number(), Scratch.empty(), AT_EMPTY_PATH);
        if (result != 0) {
            root.close();
            throw ShareCheck.bad(share, (int) -result);
        }
        StatFs fileSystem = new StatFs(Arena.ofAuto().allocate(StatFs.SIZE, Long.BYTES));
        remote = fileSystem.read(root.number()) == 0 && RemoteFileSystems.is(fileSystem.type());
        ownership = Ownership.of(statx.uid(), statx.gid(), share.guestUid(), share.guestGid());
        refuseUnusable(root, statx);
        DescriptorBudget budget = DescriptorBudget.of(DescriptorLimit.raise(WANTED_DESCRIPTORS));
        long heap = Runtime.getRuntime().maxMemory() / 2 / BYTES_PER_KNOWN_FILE;
        inodes =
                new InodeTable(
                        statx, (int) Math.min(MOST_KNOWN_FILES, heap), inode -> forgotten(inode));
        paths =
                new PathDescriptors(
                        inodes.root(), root.number(), budget.paths(), resolve(share.crossMounts()));
        handles = new HandleTable(budget.handles());
        numbers = new InodeNumbers(statx.device());
        guards = new Guards(root.number(), share);
        single =
                share.only() == null
                        ? null
                        : new SingleFile(
                                share.only().getBytes(StandardCharsets.UTF_8), inodes, paths);
    }

    private static Fd open(Share share) {
        try {
            return Files.open(share.directory(), Files.O_PATH | Files.O_DIRECTORY);
        } catch (LinuxException e) {
            throw ShareCheck.bad(share, e.errno());
        }
    }

    private void refuseUnusable(Fd root, Statx statx) {
        try {
            ShareCheck.refuseUnusable(share, root.number(), statx, ownership);
        } catch (BadShareException e) {
            root.close();
            throw e;
        }
    }

    private static int resolve(boolean crossMounts) {
        return OpenHow.RESOLVE_BENEATH
                | OpenHow.RESOLVE_NO_MAGICLINKS
                | OpenHow.RESOLVE_NO_SYMLINKS
                | (crossMounts ? 0 : OpenHow.RESOLVE_NO_XDEV);
    }

    private void forgotten(Inode inode) {
        paths.drop(inode);
    }

    Share share() {
        return share;
    }

    Ownership ownership() {
        return ownership;
    }

    InodeTable inodes() {
        return inodes;
    }

    /** The file of that node, or null. */
    Inode inode(long node) {
        Inode inode = inodes.get(node);
        return single == null ? inode : single.current(inode, scratch());
    }

    PathDescriptors paths() {
        return paths;
    }

    HandleTable handles() {
        return handles;
    }

    /** The calling thread's. */
    Scratch scratch() {
        return scratch.get();
    }

    /** Whether errors of writing may come as late as with {@code close(2)}. */
    boolean isRemote() {
        return remote;
    }

    /** Whether the guest is not shown that name, because only another is shared. */
    boolean hides(Inode directory, Name name) {
        return single != null && directory == inodes.root() && !single.is(name);
    }

    /**
     * Whether the guest may make, replace or remove a name.
     *
     * @param makesDirectory whether that makes an empty directory
     * @return 0 or {@code -errno}
     */
    int mayChangeName(Inode directory, int fd, Name name, boolean makesDirectory) {
        if (single != null && directory == inodes.root()) {
            return -EPERM;
        }
        return guards.isEmpty() ? 0 : guards.checkName(fd, name, makesDirectory, scratch());
    }

    /**
     * Whether the guest may change the file of that descriptor.
     *
     * @return 0 or {@code -errno}
     */
    int mayChangeFile(int fd) {
        return guards.isEmpty() ? 0 : guards.checkFile(fd, scratch());
    }

    /** Mapping files into the guest, if it has a window. */
    FileMapping mapping() {
        return mapping;
    }

    /** The guest is about to be told the file's attributes: makes them what it is to see. */
    void tell(Inode inode, Inode parent, Attributes attributes) {
        Statx host = attributes.host();
        inode.tellSize(host.size());
        mapping.sizeChanges(inode);
        attributes.translate(
                numbers.of(host.device(), host.ino()),
                ownership.guestUidOf(host.uid()),
                ownership.guestGidOf(host.gid()),
                parent != null && host.mountId() != parent.mount(),
                inode.dax);
    }

    /** Looks a name up in a directory, and counts that the guest is told of it. */
    int lookup(Inode parent, int directory, Name name, Entry out) {
        if (hides(parent, name)) {
            return -ENOENT;
        }
        int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
        long result = out.attributes().host().read(directory, name.address(), flags);
        return result == 0 ? intern(parent, name, out) : (int) result;
    }

    /** Counts that the guest is told of a file whose attributes {@code out} has. */
    int intern(Inode parent, Name name, Entry out) {
        Statx host = out.attributes().host();
        if (host.mountId() != parent.mount() && !share.crossMounts()) {
            return -EXDEV;
        }
        boolean isSingle = single != null && parent == inodes.root();
        if (isSingle) {
            single.seen(host);
        }
        Inode inode = inodes.intern(host, parent, name);
        if (inode == null) {
            return -ENFILE;
        }
        if (inode.lookups == 1) {
            // Linux settles that, too, when it first hears of a file.
            inode.dax = mapping.isFor(inode, host.size());
        }
        if (isSingle) {
            single.known(inode.node());
        }
        out.node(inode.node());
        tell(inode, parent, out.attributes());
        return 0;
    }

    /** The guest has written to the file, or allocated, up to there. */
    void reached(Inode inode, long end) {
        inode.reach(end);
        mapping.sizeChanges(inode);
    }

    /** Closes everything. */
    void close() {
        mapping.clear();
        handles.clear();
        inodes.clear();
        paths.close();
    }
}
