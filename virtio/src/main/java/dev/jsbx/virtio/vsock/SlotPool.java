package dev.jsbx.virtio.vsock;

import dev.jsbx.vmm.linux.Mapping;
import java.lang.foreign.MemorySegment;

/**
 * Equal pieces of memory, taken and given back. All are reserved at once and cost nothing before
 * they are used; a piece that is given back returns its pages to the host. Of one thread.
 */
final class SlotPool implements AutoCloseable {
    private final Mapping mapping;
    private final int slotBytes;
    private final int[] free;
    private int freeCount;

    SlotPool(int slots, int slotBytes) {
        this.slotBytes = slotBytes;
        mapping =
                Mapping.map(
                        (long) slots * slotBytes,
                        Mapping.PROT_READ | Mapping.PROT_WRITE,
                        Mapping.MAP_PRIVATE | Mapping.MAP_ANONYMOUS | Mapping.MAP_NORESERVE,
                        -1,
                        0);
        free = new int[slots];
        for (int i = 0; i < slots; i++) {
            free[freeCount++] = slots - 1 - i;
        }
    }

    /** Takes a slot; there are as many as may be taken. */
    int take() {
        return free[--freeCount];
    }

    MemorySegment memory(int slot) {
        return mapping.segment().asSlice((long) slot * slotBytes, slotBytes);
    }

    void giveBack(int slot) {
        mapping.advise((long) slot * slotBytes, slotBytes, Mapping.MADV_DONTNEED);
        free[freeCount++] = slot;
    }

    /** How many slots are free. */
    int free() {
        return freeCount;
    }

    @Override
    public void close() {
        mapping.close();
    }
}
