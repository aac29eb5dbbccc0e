package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.ENFILE;

import dev.jsbx.vmm.linux.FsCalls;
import java.util.Arrays;

/**
 * What the guest has open, a limited number. A handle's number is never given out twice. Any thread
 * may use it.
 */
final class HandleTable {
    private static final int FIRST_SLOTS = 64;

    private final int limit;
    private volatile Handle[] slots = new Handle[FIRST_SLOTS];
    private int[] free = new int[FIRST_SLOTS];
    private int freeCount;
    private int usedSlots;
    private int count;
    private long serial;

    HandleTable(int limit) {
        this.limit = limit;
    }

    /** How many are open. */
    synchronized int size() {
        return count;
    }

    /** Whether one more would be too many. */
    synchronized boolean isFull() {
        return count >= limit;
    }

    /**
     * Takes a descriptor, which it closes at once if there are too many.
     *
     * @return the handle's number, or {@code -ENFILE}
     */
    synchronized long add(int fd, Inode inode, boolean privileged) {
        if (count >= limit) {
            FsCalls.close(fd);
            return -ENFILE;
        }
        int slot = freeCount > 0 ? free[--freeCount] : nextSlot();
        serial++;
        Handle handle = new Handle(serial << 32 | slot, fd, inode);
        handle.privileged = privileged;
        slots[slot] = handle;
        count++;
        return handle.id();
    }

    /** The handle, in use until {@link Handle#done}; null if there is none of that number. */
    Handle use(long id) {
        Handle handle = get(id);
        return handle != null && handle.use() ? handle : null;
    }

    /** Ends the being open; null if there is none of that number. */
    Handle remove(long id) {
        Handle handle;
        synchronized (this) {
            handle = get(id);
            if (handle == null) {
                return null;
            }
            int slot = (int) id;
            slots[slot] = null;
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, freeCount * 2);
            }
            free[freeCount++] = slot;
            count--;
        }
        handle.done();
        return handle;
    }

    /** Ends them all. */
    void clear() {
        Handle[] all;
        synchronized (this) {
            all = slots;
            slots = new Handle[FIRST_SLOTS];
            freeCount = 0;
            usedSlots = 0;
            count = 0;
        }
        for (Handle handle : all) {
            if (handle != null) {
                handle.done();
            }
        }
    }

    private Handle get(long id) {
        Handle[] now = slots;
        int slot = (int) id;
        if (slot < 0 || slot >= now.length) {
            return null;
        }
        Handle handle = now[slot];
        return handle != null && handle.id() == id ? handle : null;
    }

    private int nextSlot() {
        if (usedSlots == slots.length) {
            slots = Arrays.copyOf(slots, usedSlots * 2);
        }
        return usedSlots++;
    }
}
