package dev.jsbx.vmm.memory;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Mapping;
import dev.jsbx.vmm.linux.MemFd;
import dev.jsbx.vmm.linux.Pages;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/**
 * A part of a guest's physical address space into which a device maps files of the host, such as
 * virtio-fs for DAX. It begins without any memory behind it, and is no part of {@link GuestMemory}:
 * this process never reads or writes there, so that a file which gets shorter can hurt nobody but
 * the guest.
 *
 * <pre>
 *   guest physical   │ RAM │ … │ ▒▒▒▒ file ▒▒▒▒ │ file │ ▒▒▒▒▒▒▒▒▒ │
 *                                └────────── one memory slot ──────┘
 *   ▒ no access: a guest that touches it ends
 * </pre>
 *
 * <p>Offsets and lengths are bytes and multiples of {@link #UNIT}; what lies outside the window is
 * refused here, whatever the device has checked. Any thread may use it until {@link #close}; that
 * changes of one place follow each other is the device's matter.
 */
public final class MemoryWindow implements AutoCloseable {
    /** What can be mapped and unmapped, in bytes: so the host's number of mappings is bounded. */
    public static final long UNIT = 2L << 20;

    private static final int NOBODYS =
            Mapping.MAP_PRIVATE | Mapping.MAP_ANONYMOUS | Mapping.MAP_NORESERVE;

    private final long gpa;
    private final long length;
    private final Mapping reservation;
    private final long start;
    private final Fd scrap;
    private final Runnable onLost;
    private volatile BooleanSupplier repair = () -> false;
    private volatile boolean closed;

    private MemoryWindow(long gpa, long length, Mapping reservation, Fd scrap, Runnable onLost) {
        this.onLost = onLost;
        this.gpa = gpa;
        this.length = length;
        this.reservation = reservation;
        this.scrap = scrap;
        // The guest's huge pages begin where the host's do.
        start = -reservation.address() & UNIT - 1;
    }

    /**
     * Address space of this process for a window, without memory.
     *
     * @param gpa guest physical address, a multiple of {@link #UNIT}
     * @param length a multiple of it, above 0
     * @param onLost to stop the guest at once: the host has refused to map something, and what is
     *     behind the window now may belong to somebody else
     * @throws LinuxException if the host refuses
     */
    public static MemoryWindow reserve(long gpa, long length, Runnable onLost) {
        if (gpa % UNIT != 0 || length <= 0 || length % UNIT != 0) {
            throw new IllegalArgumentException("a window of " + length + " bytes at " + gpa);
        }
        Mapping reservation = Mapping.map(length + UNIT, Mapping.PROT_NONE, NOBODYS, -1, 0);
        try {
            Fd scrap = MemFd.create("jsbx-truncated", UNIT);
            return new MemoryWindow(gpa, length, reservation, scrap, onLost);
        } catch (LinuxException e) {
            reservation.close();
            throw e;
        }
    }

    /** Guest physical address. */
    public long gpa() {
        return gpa;
    }

    /** Bytes. */
    public long length() {
        return length;
    }

    /** The address space behind it, for the memory slot only: touching it may kill the process. */
    public MemorySegment segment() {
        return reservation.segment().asSlice(start, length);
    }

    /**
     * Maps a part of a file, shared with whoever else has it mapped, in place of what was there.
     *
     * @param fd open for reading, and for writing too if {@code writable}
     * @param fileOffset may lie beyond the file's end
     * @return 0 or {@code -errno}
     */
    public int map(long offset, long bytes, boolean writable, int fd, long fileOffset) {
        if (!isWithin(offset, bytes)) {
            return -Errno.EINVAL;
        }
        int protection = Mapping.PROT_READ | (writable ? Mapping.PROT_WRITE : 0);
        long possible = Mapping.tryMap(bytes, protection, Mapping.MAP_SHARED, fd, fileOffset);
        if (possible != 0) {
            return (int) possible;
        }
        return replace(offset, bytes, protection, Mapping.MAP_SHARED, fd, fileOffset);
    }

    /**
     * Takes away what is mapped.
     *
     * @return 0 or {@code -errno}
     */
    public int unmap(long offset, long bytes) {
        return isWithin(offset, bytes)
                ? replace(offset, bytes, Mapping.PROT_NONE, NOBODYS, -1, 0)
                : -Errno.EINVAL;
    }

    /**
     * Has the next access to each page of a mapped unit reach the host's kernel again, which notes
     * the time of a write to a file only then. What was written is kept.
     */
    public void renew(long offset) {
        if (isWithin(offset, UNIT)) {
            reservation.advise(start + offset, UNIT, Mapping.MADV_DONTNEED);
        }
    }

    /**
     * Puts memory behind the pages of a mapped unit that lie beyond the end of their file, so that
     * a guest may touch them. They hold zeros, and whatever guests have written to such pages.
     *
     * @param files bytes of the unit that were the file's so far, whole pages
     * @return bytes that are the file's now; the same if nothing was missing, or if the host's
     *     kernel is too old to tell (before 5.14)
     */
    public long fillBeyondEnd(long offset, long files) {
        if (!isWithin(offset, UNIT) || files <= 0 || files > UNIT) {
            return files;
        }
        long missing = firstMissing(offset, files / Pages.SIZE) * Pages.SIZE;
        if (missing == files) {
            return files;
        }
        int both = Mapping.PROT_READ | Mapping.PROT_WRITE;
        int shared = Mapping.MAP_SHARED;
        long bytes = files - missing;
        int result = replace(offset + missing, bytes, both, shared, scrap.number(), missing);
        return result == 0 ? missing : files;
    }

    private long firstMissing(long offset, long pages) {
        if (!isMissing(offset, pages - 1)) {
            return pages;
        }
        long there = -1;
        long missing = pages - 1;
        while (missing - there > 1) {
            long middle = (there + missing) >>> 1;
            if (isMissing(offset, middle)) {
                missing = middle;
            } else {
                there = middle;
            }
        }
        return missing;
    }

    // Touching the page would raise SIGBUS in this process; the kernel is asked to do it instead.
    private boolean isMissing(long offset, long page) {
        long at = start + offset + page * Pages.SIZE;
        return reservation.advise(at, Pages.SIZE, Mapping.MADV_POPULATE_READ) == -Errno.EFAULT;
    }

    /** What to call when the guest has met a page with nothing behind it; from a vCPU's thread. */
    public void onFault(BooleanSupplier handler) {
        repair = handler;
    }

    /**
     * The guest has met a page with nothing behind it, perhaps in this window.
     *
     * @return whether that has changed, and the guest may try again
     */
    public boolean repair() {
        return repair.getAsBoolean();
    }

    private boolean isWithin(long offset, long bytes) {
        return !closed
                && offset >= 0
                && bytes > 0
                && offset % UNIT == 0
                && bytes % UNIT == 0
                && bytes <= length
                && offset <= length - bytes;
    }

    private int replace(long offset, long bytes, int protection, int flags, int fd, long at) {
        int result = (int) reservation.replace(start + offset, bytes, protection, flags, fd, at);
        if (result != 0) {
            onLost.run();
        }
        return result;
    }

    @Override
    public void close() {
        closed = true;
        reservation.close();
        scrap.close();
    }
}
