package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.link.Frame;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Bytes received in order and not yet read. Payload of large frames is kept where it is; small
 * segments are copied together, so that what a reader gets is worth a write.
 */
final class ReceiveQueue {
    private final ReceiveBuffers buffers;
    private final ArrayDeque<ByteBuf> ready = new ArrayDeque<>(4);
    private int bytes;

    /** The last buffer's memory if it is a copy that may be added to, else null. */
    private MemorySegment open;

    ReceiveQueue(ReceiveBuffers buffers) {
        this.buffers = buffers;
    }

    /** Bytes that wait to be read. */
    int bytes() {
        return bytes;
    }

    /** Adds a part of a frame. */
    void append(Frame frame, long at, int length) {
        bytes += length;
        ByteBuf kept = frame.retain(at, length);
        if (kept != null) {
            ready.add(kept);
            open = null;
            return;
        }
        long from = at;
        int left = length;
        while (left > 0) {
            ByteBuf tail = openTail();
            int n = Math.min(left, tail.writableBytes());
            MemorySegment.copy(frame.memory(), from, open, tail.writerIndex(), n);
            tail.writerIndex(tail.writerIndex() + n);
            from += n;
            left -= n;
        }
    }

    /** Adds a buffer, which it owns from now on. */
    void append(ByteBuf data) {
        bytes += data.readableBytes();
        ready.add(data);
        open = null;
    }

    private ByteBuf openTail() {
        ByteBuf tail = open == null ? null : ready.peekLast();
        if (tail == null || !tail.isWritable()) {
            tail = buffers.take(ready.isEmpty());
            open = buffers.memory();
            ready.add(tail);
        }
        return tail;
    }

    /** The next bytes, the caller's to release; null if none wait. */
    ByteBuf poll() {
        ByteBuf next = ready.poll();
        if (next != null) {
            bytes -= next.readableBytes();
            if (ready.isEmpty()) {
                open = null;
            }
        }
        return next;
    }

    /** Forgets everything. */
    void clear() {
        for (ByteBuf b = ready.poll(); b != null; b = ready.poll()) {
            b.release();
        }
        bytes = 0;
        open = null;
    }
}
