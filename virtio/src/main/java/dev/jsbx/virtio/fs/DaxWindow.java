package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.EINVAL;

import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Pages;
import dev.jsbx.vmm.memory.MemoryWindow;

/**
 * What the guest has mapped of which files, for DAX: its programs then work on the host's own pages
 * of a file, without a copy in the guest.
 *
 * <pre>
 *   window   │ file A, 0 MiB │ file B, 6 MiB │ free │ file A, 2 MiB ▒▒▒▒▒ │ …   units of 2 MiB
 *                                                        file's end ┘ ▒ filled in, once touched
 * </pre>
 *
 * <p>The host may make a file shorter while it is mapped. A local program that touches a page
 * beyond the end gets SIGBUS; a guest would have no such page in its memory, and could not go on.
 * So pages are put there, in {@link #repair}. The file may become longer later: the guest learns of
 * that by a reply of the server's, and before it goes out, {@link #sizeChanges} has the file's own
 * pages put there again.
 *
 * <p>Who is told what in which order: {@link Inode#filled} is set before it is looked whether pages
 * are missing, and read after the file's size was asked for. So either {@link #repair} sees the new
 * size, or {@link #sizeChanges} sees that there is something to undo.
 *
 * <p>Any thread may use it.
 */
final class DaxWindow {
    /** log2 of the unit, as INIT tells it. */
    static final int MAP_ALIGNMENT = Long.numberOfTrailingZeros(MemoryWindow.UNIT);

    /**
     * Files below it are read and written by requests: a unit of the window for each would soon use
     * it up, and save nothing.
     */
    static final long SMALLEST_FILE = 1 << 20;

    private final MemoryWindow memory;

    // By unit; null where nothing is mapped.
    private final Inode[] files;
    private final long[] offsets;
    private final boolean[] writable;

    /** Bytes of the unit that are the file's, as far as that was looked at. */
    private final long[] present;

    private int inUse;

    /** How to open a file again that is mapped. */
    interface Opener {
        /**
         * @return a descriptor that the caller closes, or {@code -errno}
         */
        int open(Inode inode, boolean writable);
    }

    /**
     * @param memory its handler of faults is this from now on
     */
    DaxWindow(MemoryWindow memory) {
        this.memory = memory;
        int units = (int) (memory.length() / MemoryWindow.UNIT);
        files = new Inode[units];
        offsets = new long[units];
        writable = new boolean[units];
        present = new long[units];
        memory.onFault(this::repair);
    }

    /**
     * Maps a part of a file; all numbers but {@code fd} are the guest's.
     *
     * @param fd open for reading, and for writing too if {@code writes}
     * @return 0 or {@code -errno}
     */
    synchronized int map(
            Inode inode, int fd, boolean writes, long fileOffset, long bytes, long at) {
        if (!areUnits(at, bytes)
                || fileOffset < 0
                || fileOffset % MemoryWindow.UNIT != 0
                || fileOffset > Long.MAX_VALUE - bytes) {
            return -EINVAL;
        }
        int result = memory.map(at, bytes, writes, fd, fileOffset);
        if (result != 0) {
            return result;
        }
        int first = unit(at);
        for (int i = 0; i < unit(bytes); i++) {
            forget(first + i);
            files[first + i] = inode;
            offsets[first + i] = fileOffset + i * MemoryWindow.UNIT;
            writable[first + i] = writes;
            present[first + i] = MemoryWindow.UNIT;
            inode.mappings++;
            inUse++;
        }
        return 0;
    }

    /**
     * Takes a part of the window back; the numbers are the guest's.
     *
     * @return 0 or {@code -errno}
     */
    synchronized int unmap(long at, long bytes) {
        if (!areUnits(at, bytes)) {
            return -EINVAL;
        }
        int result = memory.unmap(at, bytes);
        for (int i = 0; result == 0 && i < unit(bytes); i++) {
            forget(unit(at) + i);
        }
        return result;
    }

    /** Takes back all. */
    synchronized void clear() {
        for (int i = 0; i < files.length; i++) {
            if (files[i] != null) {
                memory.unmap(i * MemoryWindow.UNIT, MemoryWindow.UNIT);
                forget(i);
            }
        }
    }

    /**
     * The guest opens a file for writing. What it then writes to the window is a change of the file
     * to the host's kernel only when a page is first written to; so for each page the next write is
     * made the first again, and the file's time of modification is right.
     */
    void opensForWriting(Inode inode) {
        if (inode.mappings > 0) {
            renew(inode);
        }
    }

    private synchronized void renew(Inode inode) {
        for (int i = 0; i < files.length; i++) {
            if (files[i] == inode && writable[i]) {
                memory.renew(i * MemoryWindow.UNIT);
            }
        }
    }

    /** The guest is about to be told of a size that the file has by now. */
    void sizeChanges(Inode inode, Opener opener) {
        if (inode.filled) {
            mapAgain(inode, opener);
        }
    }

    private synchronized void mapAgain(Inode inode, Opener opener) {
        boolean failed = false;
        for (int i = 0; i < files.length; i++) {
            if (files[i] == inode && present[i] < MemoryWindow.UNIT) {
                failed |= !mapAgain(i, opener);
            }
        }
        // Last: until then nobody may take a page for the file's.
        inode.filled = failed;
    }

    private boolean mapAgain(int i, Opener opener) {
        int fd = opener.open(files[i], writable[i]);
        int result = fd;
        if (fd >= 0) {
            long at = i * MemoryWindow.UNIT;
            result = memory.map(at, MemoryWindow.UNIT, writable[i], fd, offsets[i]);
            FsCalls.close(fd);
        }
        if (result == 0) {
            present[i] = MemoryWindow.UNIT;
        }
        return result == 0;
    }

    /**
     * Puts pages where files have become too short for what the guest believes them to be. Called
     * when the guest has met such a place and cannot go on, and every now and then: mostly KVM does
     * not tell of it, but has the guest's program wait for the page (asynchronous page faults).
     *
     * @return whether there were such places
     */
    synchronized boolean repair() {
        boolean repaired = false;
        for (int i = 0; i < files.length; i++) {
            if (files[i] != null) {
                repaired |= repair(i);
            }
        }
        return repaired;
    }

    private boolean repair(int i) {
        Inode file = files[i];
        boolean before = file.filled;
        file.filled = true;
        long believed = Math.clamp(pages(file.toldSize() - offsets[i]), 0, present[i]);
        long there = memory.fillBeyondEnd(i * MemoryWindow.UNIT, believed);
        boolean missed = there < believed;
        if (missed) {
            present[i] = there;
        }
        file.filled = before || missed;
        return missed;
    }

    // Up to the end of the last page.
    private static long pages(long bytes) {
        return bytes + Pages.SIZE - 1 & -Pages.SIZE;
    }

    /** Whether anything is mapped. */
    synchronized boolean isInUse() {
        return inUse > 0;
    }

    private void forget(int i) {
        if (files[i] != null) {
            files[i].mappings--;
            inUse--;
            files[i] = null;
        }
    }

    private boolean areUnits(long at, long bytes) {
        return at >= 0
                && bytes > 0
                && at % MemoryWindow.UNIT == 0
                && bytes % MemoryWindow.UNIT == 0
                && bytes <= memory.length()
                && at <= memory.length() - bytes;
    }

    private static int unit(long bytes) {
        return (int) (bytes / MemoryWindow.UNIT);
    }
}
