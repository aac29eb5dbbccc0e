package dev.jsbx.vmm.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What {@code statx(2)} says of a file: a view over {@code struct statx}, filled anew by each call.
 * Nothing is allocated. Not thread-safe.
 */
public final class Statx {
    /** Bytes. */
    public static final int SIZE = 256;

    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;
    public static final int S_ISUID = 04000;
    public static final int S_ISGID = 02000;
    public static final int S_ISVTX = 01000;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_MNT_ID = 0x1000;
    private static final long NANOS = 1_000_000_000L;

    private static final int MASK = 0;
    private static final int BLKSIZE = 4;
    private static final int NLINK = 16;
    private static final int UID = 20;
    private static final int GID = 24;
    private static final int MODE = 28;
    private static final int INO = 32;
    private static final int LENGTH = 40;
    private static final int BLOCKS = 48;
    private static final int ATIME = 64;
    private static final int BTIME = 80;
    private static final int CTIME = 96;
    private static final int MTIME = 112;
    private static final int RDEV_MAJOR = 128;
    private static final int RDEV_MINOR = 132;
    private static final int DEV_MAJOR = 136;
    private static final int DEV_MINOR = 140;
    private static final int MNT_ID = 144;
    private static final int NANOSECONDS = 8; // within struct statx_timestamp

    private final long address;
    private final ByteBuffer statx;

    /** Over {@link #SIZE} bytes, aligned to 8, of native memory of the caller's. */
    public Statx(MemorySegment memory) {
        address = memory.address();
        statx = memory.asSlice(0, SIZE).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Asks for everything here.
     *
     * @param path address of a NUL-terminated path
     * @param flags of {@link FsCalls}, such as AT_EMPTY_PATH
     * @return 0 or {@code -errno}, and then this view means nothing
     */
    public long read(int directory, long path, int flags) {
        int mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID;
        return Syscall.call(Syscall.STATX, directory, path, flags, mask, address);
    }

    /** File type and permissions. */
    public int mode() {
        return statx.getShort(MODE) & 0xffff;
    }

    /** The type bits of {@link #mode}, such as {@link #S_IFREG}. */
    public int type() {
        return mode() & S_IFMT;
    }

    public long ino() {
        return u64(INO);
    }

    /** Length in bytes. */
    public long size() {
        return u64(LENGTH);
    }

    /** Blocks of 512 bytes. */
    public long blocks() {
        return u64(BLOCKS);
    }

    public int blockSize() {
        return u32(BLKSIZE);
    }

    public int links() {
        return u32(NLINK);
    }

    public int uid() {
        return u32(UID);
    }

    public int gid() {
        return u32(GID);
    }

    /** Major number in the upper half, minor in the lower. */
    public long device() {
        return (long) u32(DEV_MAJOR) << 32 | u32(DEV_MINOR) & 0xffffffffL;
    }

    /** A device file's number as {@code new_encode_dev} of Linux packs it. */
    public int rdev() {
        int minor = u32(RDEV_MINOR);
        return minor & 0xff | u32(RDEV_MAJOR) << 8 | (minor & ~0xff) << 12;
    }

    /** The mount that the file was reached through; 0 on kernels before 5.8. */
    public long mountId() {
        return (u32(MASK) & STATX_MNT_ID) != 0 ? u64(MNT_ID) : 0;
    }

    /** When the file was made, in ns since 1970; 0 where the file system does not say. */
    public long birthNanos() {
        return (u32(MASK) & STATX_BTIME) != 0 ? u64(BTIME) * NANOS + nanos(BTIME) : 0;
    }

    public long accessSeconds() {
        return u64(ATIME);
    }

    public int accessNanos() {
        return nanos(ATIME);
    }

    public long modifySeconds() {
        return u64(MTIME);
    }

    public int modifyNanos() {
        return nanos(MTIME);
    }

    public long changeSeconds() {
        return u64(CTIME);
    }

    public int changeNanos() {
        return nanos(CTIME);
    }

    /** 0 where {@link #birthNanos} is 0. */
    public long birthSeconds() {
        return (u32(MASK) & STATX_BTIME) != 0 ? u64(BTIME) : 0;
    }

    /** The part of {@link #birthNanos} below a second. */
    public int birthNanoseconds() {
        return (u32(MASK) & STATX_BTIME) != 0 ? nanos(BTIME) : 0;
    }

    private int u32(int offset) {
        return statx.getInt(offset);
    }

    private long u64(int offset) {
        return statx.getLong(offset);
    }

    private int nanos(int timestamp) {
        return u32(timestamp + NANOSECONDS);
    }
}
