package dev.jsbx.virtio.fs;

import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.vmm.linux.Statx;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The files that the guest knows, by node and by identity, and how often it was told of each.
 *
 * <p>A node is never given out twice: its lower half is a place in an array, its upper half counts.
 * The counts of FORGET come from the guest; they free an entry here, and nothing depends on them
 * being right. Any thread may use it.
 */
final class InodeTable {
    private static final int FIRST_SLOTS = 1024;

    private final Inode root;
    private final int limit;
    private final Consumer<Inode> onForgotten;

    // Entries are written under the lock and read without it: an Inode's identity is final.
    private volatile Inode[] slots = new Inode[FIRST_SLOTS];
    private Inode[] buckets = new Inode[FIRST_SLOTS];
    private int[] free = new int[FIRST_SLOTS];
    private int freeCount;
    private int usedSlots;
    private int count;
    private long serial;

    /**
     * @param rootStatx the shared directory
     * @param limit how many files the guest may know at once
     * @param onForgotten told of each that it has forgotten, without the lock
     */
    InodeTable(Statx rootStatx, int limit, Consumer<Inode> onForgotten) {
        this.limit = limit;
        this.onForgotten = onForgotten;
        root = new Inode(Fuse.FUSE_ROOT_ID, rootStatx, null);
        clear();
    }

    Inode root() {
        return root;
    }

    /** The file of that node, or null. */
    Inode get(long node) {
        Inode[] now = slots;
        int slot = (int) node;
        if (slot <= 0 || slot >= now.length) {
            return null;
        }
        Inode inode = now[slot];
        return inode != null && inode.node() == node ? inode : null;
    }

    /** How many files the guest knows, the root included. */
    synchronized int size() {
        return count;
    }

    /** The file of that identity if the guest knows it, without counting; else null. */
    synchronized Inode find(Statx statx) {
        return search(statx);
    }

    /**
     * Counts that the guest is told of a file, which becomes known if it was not.
     *
     * @param parent where it was seen
     * @param name as what; null for a file without a name
     * @return null if the guest knows too many
     */
    synchronized Inode intern(Statx statx, Inode parent, Name name) {
        Inode inode = search(statx);
        if (inode == null) {
            if (count >= limit) {
                return null;
            }
            inode = insert(statx, parent, name);
        } else if (name != null) {
            move(inode, parent, name);
        }
        inode.lookups++;
        return inode;
    }

    /** Remembers that a file was seen there. */
    synchronized void move(Inode inode, Inode parent, Name name) {
        Inode.Place place = inode.place();
        if (inode != root
                && (place == null || place.parent() != parent || !name.is(place.name()))) {
            inode.place(new Inode.Place(parent, name.toBytes()));
        }
    }

    /**
     * Puts another file in the place of one: the guest goes on to know it by the same node.
     *
     * @return the file that the node is now; null if the guest has forgotten it meanwhile
     */
    Inode replace(Inode old, Statx statx) {
        Inode inode = replaceCounted(old, statx);
        if (inode != null && inode != old) {
            onForgotten.accept(old);
        }
        return inode;
    }

    private synchronized Inode replaceCounted(Inode old, Statx statx) {
        int slot = (int) old.node();
        Inode now = get(old.node());
        if (now != old || search(statx) != null) {
            return now;
        }
        unhash(old);
        Inode inode = new Inode(old.node(), statx, old.place());
        inode.lookups = old.lookups;
        hash(inode);
        slots[slot] = inode;
        return inode;
    }

    /** Takes back what {@link #intern} counted, {@code times} times. */
    void forget(long node, long times) {
        Inode inode = get(node);
        if (inode != null && inode != root && uncount(inode, times)) {
            onForgotten.accept(inode);
        }
    }

    private synchronized boolean uncount(Inode inode, long times) {
        if (get(inode.node()) != inode) {
            return false;
        }
        inode.lookups = times < 0 || times > inode.lookups ? 0 : inode.lookups - times;
        if (inode.lookups > 0) {
            return false;
        }
        remove(inode);
        return true;
    }

    /** Forgets all but the root. */
    void clear() {
        Inode[] forgotten;
        synchronized (this) {
            forgotten = slots;
            slots = new Inode[FIRST_SLOTS];
            buckets = new Inode[FIRST_SLOTS];
            freeCount = 0;
            usedSlots = (int) Fuse.FUSE_ROOT_ID + 1;
            slots[(int) Fuse.FUSE_ROOT_ID] = root;
            count = 1;
        }
        for (Inode inode : forgotten) {
            if (inode != null && inode != root) {
                onForgotten.accept(inode);
            }
        }
    }

    private Inode search(Statx statx) {
        if (root != null && root.is(statx)) {
            return root;
        }
        Inode inode = buckets[bucket(statx.ino(), statx.device())];
        while (inode != null && !inode.is(statx)) {
            inode = inode.nextInBucket;
        }
        return inode;
    }

    private Inode insert(Statx statx, Inode parent, Name name) {
        if (count >= buckets.length) {
            rehash();
        }
        int slot = freeCount > 0 ? free[--freeCount] : nextSlot();
        serial++;
        Inode.Place place = name == null ? null : new Inode.Place(parent, name.toBytes());
        Inode inode = new Inode(serial << 32 | slot, statx, place);
        if (name == null) {
            inode.loseName();
        }
        hash(inode);
        slots[slot] = inode;
        count++;
        return inode;
    }

    private void hash(Inode inode) {
        int bucket = bucket(inode.ino(), inode.device());
        inode.nextInBucket = buckets[bucket];
        buckets[bucket] = inode;
    }

    private int nextSlot() {
        if (usedSlots == slots.length) {
            slots = Arrays.copyOf(slots, usedSlots * 2);
        }
        return usedSlots++;
    }

    private void remove(Inode inode) {
        unhash(inode);
        int slot = (int) inode.node();
        slots[slot] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = slot;
        count--;
    }

    private void unhash(Inode inode) {
        int bucket = bucket(inode.ino(), inode.device());
        if (buckets[bucket] == inode) {
            buckets[bucket] = inode.nextInBucket;
        } else {
            Inode before = buckets[bucket];
            while (before.nextInBucket != inode) {
                before = before.nextInBucket;
            }
            before.nextInBucket = inode.nextInBucket;
        }
    }

    private void rehash() {
        Inode[] old = buckets;
        buckets = new Inode[old.length * 2];
        for (Inode head : old) {
            for (Inode inode = head; inode != null; ) {
                Inode next = inode.nextInBucket;
                hash(inode);
                inode = next;
            }
        }
    }

    private int bucket(long ino, long device) {
        long mixed = (ino ^ Long.rotateLeft(device, 40)) * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 32) & (buckets.length - 1);
    }
}
