package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.StatFs;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Lays structures of replies into memory; {@code validSeconds} is how long names and attributes
 * hold.
 */
final class Replies {
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;

    private Replies() {}

    /** {@code struct fuse_entry_out}. */
    static void entry(MemorySegment to, long at, Entry entry, int validSeconds) {
        u64(to, at + Out.Entry.NODEID, entry.node());
        u64(to, at + Out.Entry.GENERATION, 0);
        u64(to, at + Out.Entry.ENTRY_VALID, validSeconds);
        u64(to, at + Out.Entry.ATTR_VALID, validSeconds);
        u32(to, at + Out.Entry.ENTRY_VALID_NSEC, 0);
        u32(to, at + Out.Entry.ATTR_VALID_NSEC, 0);
        attributes(to, at + Out.Entry.ATTR, entry.attributes());
    }

    /** {@code struct fuse_attr_out}. */
    static void attr(MemorySegment to, long at, Attributes attributes, int validSeconds) {
        u64(to, at + Out.Attr.ATTR_VALID, validSeconds);
        u64(to, at + Out.Attr.ATTR_VALID_NSEC, 0);
        attributes(to, at + Out.Attr.ATTR, attributes);
    }

    /** {@code struct fuse_attr}. */
    private static void attributes(MemorySegment to, long at, Attributes attributes) {
        Statx host = attributes.host();
        u64(to, at + Out.Attributes.INO, attributes.ino());
        u64(to, at + Out.Attributes.LENGTH, host.size());
        u64(to, at + Out.Attributes.BLOCKS, host.blocks());
        u64(to, at + Out.Attributes.ATIME, host.accessSeconds());
        u64(to, at + Out.Attributes.MTIME, host.modifySeconds());
        u64(to, at + Out.Attributes.CTIME, host.changeSeconds());
        u32(to, at + Out.Attributes.ATIMENSEC, host.accessNanos());
        u32(to, at + Out.Attributes.MTIMENSEC, host.modifyNanos());
        u32(to, at + Out.Attributes.CTIMENSEC, host.changeNanos());
        u32(to, at + Out.Attributes.MODE, host.mode());
        u32(to, at + Out.Attributes.NLINK, host.links());
        u32(to, at + Out.Attributes.UID, attributes.uid());
        u32(to, at + Out.Attributes.GID, attributes.gid());
        u32(to, at + Out.Attributes.RDEV, host.rdev());
        u32(to, at + Out.Attributes.BLKSIZE, host.blockSize());
        u32(to, at + Out.Attributes.FLAGS, flags(attributes));
    }

    private static int flags(Attributes attributes) {
        return (attributes.submount() ? Fuse.FUSE_ATTR_SUBMOUNT : 0)
                | (attributes.dax() ? Fuse.FUSE_ATTR_DAX : 0);
    }

    /** {@code struct fuse_statx_out}, of memory that is zero. */
    static void statx(MemorySegment to, long at, Attributes attributes, int validSeconds) {
        Statx host = attributes.host();
        boolean born = host.birthNanos() != 0;
        u64(to, at + Out.Statx.ATTR_VALID, validSeconds);
        u32(to, at + Out.Statx.MASK, STATX_BASIC_STATS | (born ? STATX_BTIME : 0));
        u32(to, at + Out.Statx.BLKSIZE, host.blockSize());
        u32(to, at + Out.Statx.NLINK, host.links());
        u32(to, at + Out.Statx.UID, attributes.uid());
        u32(to, at + Out.Statx.GID, attributes.gid());
        u32(to, at + Out.Statx.MODE, host.mode());
        u64(to, at + Out.Statx.INO, attributes.ino());
        u64(to, at + Out.Statx.LENGTH, host.size());
        u64(to, at + Out.Statx.BLOCKS, host.blocks());
        time(to, at + Out.Statx.ATIME, host.accessSeconds(), host.accessNanos());
        time(to, at + Out.Statx.BTIME, host.birthSeconds(), host.birthNanoseconds());
        time(to, at + Out.Statx.CTIME, host.changeSeconds(), host.changeNanos());
        time(to, at + Out.Statx.MTIME, host.modifySeconds(), host.modifyNanos());
    }

    private static void time(MemorySegment to, long at, long seconds, int nanoseconds) {
        u64(to, at, seconds);
        u32(to, at + Out.Statx.TIME_NSEC, nanoseconds);
    }

    /** {@code struct fuse_statfs_out}, of memory that is zero. */
    static void statfs(MemorySegment to, long at, StatFs host) {
        u64(to, at + Out.Statfs.BLOCKS, host.blocks());
        u64(to, at + Out.Statfs.BFREE, host.freeBlocks());
        u64(to, at + Out.Statfs.BAVAIL, host.availableBlocks());
        u64(to, at + Out.Statfs.FILES, host.files());
        u64(to, at + Out.Statfs.FFREE, host.freeFiles());
        u32(to, at + Out.Statfs.BSIZE, (int) host.blockSize());
        u32(to, at + Out.Statfs.NAMELEN, (int) host.nameLength());
        u32(to, at + Out.Statfs.FRSIZE, (int) host.fragmentSize());
    }

    /** {@code struct fuse_open_out}. */
    static void open(MemorySegment to, long at, Opened opened) {
        u64(to, at + Out.Open.FH, opened.handle());
        u64(to, at + Out.Open.OPEN_FLAGS, opened.flags() & 0xffffffffL);
    }

    static void u16(MemorySegment to, long at, int value) {
        to.set(ValueLayout.JAVA_SHORT, at, (short) value);
    }

    static void u32(MemorySegment to, long at, int value) {
        to.set(ValueLayout.JAVA_INT, at, value);
    }

    static void u64(MemorySegment to, long at, long value) {
        to.set(ValueLayout.JAVA_LONG, at, value);
    }
}
