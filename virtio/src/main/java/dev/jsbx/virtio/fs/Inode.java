package dev.jsbx.virtio.fs;

import dev.jsbx.vmm.linux.Statx;

/**
 * A file of the host that the guest knows. What it is, is fixed; where it is and what is open for
 * it belongs to {@link InodeTable} and is guarded by its lock.
 */
final class Inode {
    /** Where a file was seen last: a directory and a name in it. */
    record Place(Inode parent, byte[] name) {}

    private final long node;
    private final long ino;
    private final long device;
    private final long mount;
    private final long birth;
    private final int type;

    // Null for the root, and for files that have no name any more.
    private volatile Place place;
    private volatile boolean nameless;

    /** How often the guest was told of it and has not forgotten it. */
    long lookups;

    Inode nextInBucket;

    /** An O_PATH descriptor, or -1; not closed while pinned. */
    int fd = -1;

    int pins;

    /** Neighbours among those with a descriptor, by how recently they were used. */
    Inode newer;

    Inode older;

    /** Whether the guest is to map it; found out when it is first told of it. */
    boolean dax;

    /** How many units of the {@link DaxWindow} are its; written under that one's lock. */
    volatile int mappings;

    /** Whether something else may stand there for what lies beyond its end. */
    volatile boolean filled;

    /** Bytes that the guest takes it to have; what it does itself it knows without being told. */
    private volatile long toldSize;

    private long seenChange;
    private long seenModification;
    private long seenSize = -1;

    Inode(long node, Statx statx, Place place) {
        this.node = node;
        this.place = place;
        ino = statx.ino();
        device = statx.device();
        mount = statx.mountId();
        birth = statx.birthNanos();
        type = statx.type();
    }

    long node() {
        return node;
    }

    long ino() {
        return ino;
    }

    long device() {
        return device;
    }

    /** The mount it was reached through. */
    long mount() {
        return mount;
    }

    /** S_IFREG and the like. */
    int type() {
        return type;
    }

    boolean isRegular() {
        return type == Statx.S_IFREG;
    }

    boolean isDirectory() {
        return type == Statx.S_IFDIR;
    }

    long toldSize() {
        return toldSize;
    }

    /** The guest is told its size, or gives it one. */
    void tellSize(long bytes) {
        toldSize = bytes;
    }

    /** The guest has written, or allocated, up to there. */
    void reach(long end) {
        if (end > toldSize) {
            toldSize = end;
        }
    }

    Place place() {
        return place;
    }

    void place(Place seen) {
        place = seen;
        nameless = false;
    }

    /** Its last name was taken away by the guest: only its descriptor leads to it now. */
    void loseName() {
        place = null;
        nameless = true;
    }

    boolean isNameless() {
        return nameless;
    }

    /**
     * Whether that is the same file. The number alone does not tell, since a file system gives it
     * to another file once this one is gone; the time of birth does, where it is known.
     */
    boolean is(Statx statx) {
        return ino == statx.ino()
                && device == statx.device()
                && mount == statx.mountId()
                && birth == statx.birthNanos()
                && type == statx.type();
    }

    /**
     * Whether the content is what the guest was given when it opened the file last, as far as size
     * and times tell; and remembers them for the next time.
     *
     * @param now time of day in ns: a file that changed within the last moments may change again
     *     without a later time, so then nothing is remembered
     */
    synchronized boolean unchangedSinceOpened(Statx statx, long now) {
        long changed = nanos(statx.changeSeconds(), statx.changeNanos());
        long modified = nanos(statx.modifySeconds(), statx.modifyNanos());
        boolean same =
                seenSize == statx.size() && seenChange == changed && seenModification == modified;
        boolean settled = now - Math.max(changed, modified) > SETTLED_NANOS;
        seenChange = changed;
        seenModification = modified;
        seenSize = settled ? statx.size() : -1;
        return same;
    }

    private static final long SETTLED_NANOS = 1_000_000_000L;

    private static long nanos(long seconds, int nanoseconds) {
        return seconds * 1_000_000_000L + nanoseconds;
    }
}
