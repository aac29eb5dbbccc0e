package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.link.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Bytes received in order and not yet read. Payload of large frames is kept where it is; small
 * segments are copied together, so that what a reader gets is worth a write.
 */
final class ReceiveQueue {
    private static final int SMALL = 2048;
    private static final int LARGE = 16384;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> ready = new ArrayDeque<>(4);
    private int bytes;

    /** Whether the last buffer is a copy that may be added to. */
    private boolean open;

    ReceiveQueue(ByteBufAllocator allocator) {
        this.allocator = allocator;
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
            open = false;
            return;
        }
        long from = at;
        int left = length;
        while (left > 0) {
            ByteBuf tail = openTail(left);
            int n = Math.min(left, tail.writableBytes());
            copy(frame.memory(), from, tail, n);
            from += n;
            left -= n;
        }
    }

    /** Adds a buffer, which it owns from now on. */
    void append(ByteBuf data) {
        bytes += data.readableBytes();
        ready.add(data);
        open = false;
    }

    private ByteBuf openTail(int wanted) {
        ByteBuf tail = open ? ready.peekLast() : null;
        if (tail == null || !tail.isWritable()) {
            int size = ready.isEmpty() ? SMALL : LARGE;
            tail = allocator.directBuffer(Math.max(size, wanted));
            ready.add(tail);
            open = true;
        }
        return tail;
    }

    static void copy(MemorySegment from, long at, ByteBuf to, int length) {
        ByteBuffer target = to.internalNioBuffer(to.writerIndex(), length);
        MemorySegment.copy(from, at, MemorySegment.ofBuffer(target), 0, length);
        to.writerIndex(to.writerIndex() + length);
    }

    /** The next bytes, the caller's to release; null if none wait. */
    ByteBuf poll() {
        ByteBuf next = ready.poll();
        if (next != null) {
            bytes -= next.readableBytes();
            if (ready.isEmpty()) {
                open = false;
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
        open = false;
    }
}
