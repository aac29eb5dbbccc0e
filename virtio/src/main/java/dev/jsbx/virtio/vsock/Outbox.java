package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Io;
import java.lang.foreign.MemorySegment;

/**
 * Bytes on their way from the guest to a socket that was full: a ring in a slot of memory, held
 * only while there are any. Never more than {@link StreamState#BUF_ALLOC}, because the guest has no
 * credit for more.
 */
final class Outbox {
    private static final int CAPACITY = StreamState.BUF_ALLOC;

    private final SlotPool slots;
    private int slot = -1;
    private MemorySegment ring;
    private int start;
    private int count;

    Outbox(SlotPool slots) {
        this.slots = slots;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Takes bytes of a chain over; they fit. */
    void add(ReadableBuffers from, long offset, int length) {
        if (slot < 0) {
            slot = slots.take();
            ring = slots.memory(slot);
        }
        int end = (start + count) % CAPACITY;
        int first = Math.min(length, CAPACITY - end);
        from.copyTo(offset, ring, end, first);
        from.copyTo(offset + first, ring, 0, length - first);
        count += length;
    }

    /**
     * Writes as much as the socket takes.
     *
     * @return bytes written, or {@code -errno} if that was none
     */
    long flush(int socket) {
        long written = 0;
        while (count > 0) {
            int run = Math.min(count, CAPACITY - start);
            long n = Io.write(socket, ring.address() + start, run);
            if (n == -Errno.EINTR) {
                continue;
            }
            if (n < 0) {
                return written > 0 ? written : n;
            }
            start = (int) ((start + n) % CAPACITY);
            count -= (int) n;
            written += n;
        }
        discard();
        return written;
    }

    /**
     * Forgets what is in it and gives its memory back.
     *
     * @return how many bytes that were
     */
    int discard() {
        int dropped = count;
        if (slot >= 0) {
            slots.giveBack(slot);
            slot = -1;
            ring = null;
        }
        start = 0;
        count = 0;
        return dropped;
    }
}
