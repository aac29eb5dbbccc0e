package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.link.OutFrame;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Bytes written but not yet acknowledged, addressed by their offset in the stream. Large direct
 * buffers are kept as they are, all else is copied into chunks: so that many small writes become
 * one segment, and so that a small rest never holds on to a large buffer.
 *
 * <pre>
 *   begin (first unacknowledged)                end
 *     ├────────┬───────────┬────────────────────┤
 *     │ chunk  │  buffer   │ chunk, still open  │
 * </pre>
 */
final class SendQueue {
    /** From this size on, keeping a buffer is cheaper than copying it. */
    private static final int COPY_BELOW = 4096;

    private final SendPieces pool;
    private SendPiece[] ring = new SendPiece[8];
    private int head;
    private int count;
    private long begin;
    private long end;

    SendQueue(SendPieces pool) {
        this.pool = pool;
    }

    /** Offset of the first byte that is not yet acknowledged. */
    long begin() {
        return begin;
    }

    /** Offset behind the last byte. */
    long end() {
        return end;
    }

    int size() {
        return (int) (end - begin);
    }

    /** Takes over a buffer and its readable bytes. */
    void append(ByteBuf data) {
        int n = data.readableBytes();
        if (n >= COPY_BELOW
                && n >= data.capacity() >>> 1
                && data.isDirect()
                && data.nioBufferCount() == 1) {
            push(pool.foreign(data));
            end += n;
            return;
        }
        copy(data);
        data.release();
    }

    private void copy(ByteBuf data) {
        while (data.isReadable()) {
            SendPiece tail = openChunk();
            int n = Math.min(data.readableBytes(), tail.room - tail.length);
            tail.view.limit(tail.length + n).position(tail.length);
            data.readBytes(tail.view);
            tail.length += n;
            end += n;
        }
    }

    /** Copies bytes in from memory. */
    void append(MemorySegment from, long at, int length) {
        int done = 0;
        while (done < length) {
            SendPiece tail = openChunk();
            int n = Math.min(length - done, tail.room - tail.length);
            MemorySegment.copy(from, at + done, tail.memory, tail.at + tail.length, n);
            tail.length += n;
            done += n;
            end += n;
        }
    }

    private SendPiece openChunk() {
        SendPiece tail = count > 0 ? piece(count - 1) : null;
        if (tail == null || !tail.isChunk() || tail.length == tail.room) {
            tail = pool.chunk();
            push(tail);
        }
        return tail;
    }

    private void push(SendPiece p) {
        if (count == ring.length) {
            SendPiece[] larger = new SendPiece[count * 2];
            for (int i = 0; i < count; i++) {
                larger[i] = piece(i);
            }
            ring = larger;
            head = 0;
        }
        p.start = end;
        ring[head + count++ & ring.length - 1] = p;
    }

    private SendPiece piece(int i) {
        return ring[head + i & ring.length - 1];
    }

    /** Adds {@code length} bytes from {@code offset} on to a frame, without copying them. */
    void gather(long offset, int length, OutFrame out) {
        int i = indexOf(offset);
        long here = offset;
        int left = length;
        while (left > 0) {
            SendPiece p = piece(i++);
            int skip = (int) (here - p.start);
            int n = Math.min(left, p.length - skip);
            out.add(p.memory, p.at + skip, n);
            here += n;
            left -= n;
        }
    }

    private int indexOf(long offset) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (piece(middle).start <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Forgets the first bytes, which have been acknowledged. */
    void acknowledge(int bytes) {
        begin += bytes;
        while (count > 0 && piece(0).end() <= begin) {
            pool.recycle(ring[head]);
            ring[head] = null;
            head = head + 1 & ring.length - 1;
            count--;
        }
    }

    /** Forgets everything. */
    void clear() {
        acknowledge(size());
        // An empty open chunk may remain.
        while (count > 0) {
            pool.recycle(ring[head]);
            head = head + 1 & ring.length - 1;
            count--;
        }
        Arrays.fill(ring, null);
    }
}
