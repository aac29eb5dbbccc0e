package dev.jsbx.virtio.blk;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A raw disk image: a file or block device of the host. Operations return what the kernel returned,
 * {@code -errno} when negative, and may run on several threads at once. Ranges are the caller's to
 * check.
 */
public final class DiskImage implements AutoCloseable {
    /** Bytes of a sector, in which virtio counts whatever the disk's own blocks are. */
    public static final int SECTOR = 512;

    private static final int PUNCH = Files.FALLOC_FL_PUNCH_HOLE | Files.FALLOC_FL_KEEP_SIZE;
    private static final int ZERO = Files.FALLOC_FL_ZERO_RANGE | Files.FALLOC_FL_KEEP_SIZE;
    private static final int PAGE = 4096;
    private static final MemorySegment ZEROES = Arena.global().allocate(64 << 10, PAGE);

    private final Fd file;
    private final long bytes;
    private final boolean readOnly;
    private final boolean discards;

    private DiskImage(Fd file, long bytes, boolean readOnly, boolean discards) {
        this.file = file;
        this.bytes = bytes;
        this.readOnly = readOnly;
        this.discards = discards;
    }

    /**
     * Opens an image. A writable one is locked, so that no two machines write to it.
     *
     * @throws LinuxException if it cannot be opened; EBUSY if another process has it for writing
     */
    public static DiskImage open(Path path, boolean readOnly) {
        Fd file = Files.open(path, readOnly ? Files.O_RDONLY : Files.O_RDWR);
        try {
            if (!readOnly && !Files.tryLock(file)) {
                throw new LinuxException(Errno.EBUSY, "flock(\"" + path + "\")");
            }
            return of(file, Files.size(file), readOnly);
        } catch (LinuxException e) {
            file.close();
            throw e;
        }
    }

    /** Takes over an open file, of which {@code bytes} are the disk. */
    static DiskImage of(Fd file, long bytes, boolean readOnly) {
        // Past the end there is nothing to lose, but file systems say whether they could.
        long tried =
                readOnly ? -Errno.EROFS : Io.fallocate(file.number(), PUNCH, pageUp(bytes), PAGE);
        return new DiskImage(file, bytes, readOnly, tried == 0);
    }

    private static long pageUp(long size) {
        return (size + PAGE - 1) & -PAGE;
    }

    /** The disk's size; what is less than a sector at the end does not count. */
    public long sectors() {
        return bytes / SECTOR;
    }

    /** Whether it must not be written. */
    public boolean isReadOnly() {
        return readOnly;
    }

    /** Whether space can be given back to the host. */
    public boolean canDiscard() {
        return discards;
    }

    /** {@code preadv(2)} at a byte offset. */
    long read(long iovecs, int count, long offset) {
        return Io.preadv(file.number(), iovecs, count, offset);
    }

    /** {@code pwritev(2)} at a byte offset. */
    long write(long iovecs, int count, long offset) {
        return Io.pwritev(file.number(), iovecs, count, offset);
    }

    /** What was written reaches the disk. */
    long flush() {
        return Io.fdatasync(file.number());
    }

    /** Gives space back to the host; the range reads as zeroes afterwards. */
    long discard(long offset, long length) {
        return Io.fallocate(file.number(), PUNCH, offset, length);
    }

    /**
     * Writes zeroes.
     *
     * @param release whether their space may go back to the host
     */
    long zero(long offset, long length, boolean release) {
        long result =
                Io.fallocate(file.number(), release && discards ? PUNCH : ZERO, offset, length);
        return result == -Errno.EOPNOTSUPP ? writeZeroes(offset, length) : result;
    }

    private long writeZeroes(long offset, long length) {
        long done = 0;
        while (done < length) {
            long n =
                    Io.pwrite(
                            file.number(),
                            ZEROES.address(),
                            Math.min(ZEROES.byteSize(), length - done),
                            offset + done);
            if (n < 0 && n != -Errno.EINTR) {
                return n;
            }
            done += Math.max(0, n);
        }
        return 0;
    }

    @Override
    public void close() {
        file.close();
    }
}
