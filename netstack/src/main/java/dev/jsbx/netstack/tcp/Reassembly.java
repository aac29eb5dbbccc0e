package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.link.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Data that came ahead of its turn: parts in order of sequence numbers that do not overlap. What
 * came first stays; later copies of the same bytes are dropped. Bounded in parts, and in bytes by
 * the receive window.
 */
final class Reassembly {
    /** More parts than any honest sender makes; beyond, data is dropped and comes again. */
    private static final int MAX_PARTS = 1024;

    private static final class Part {
        int seq;
        ByteBuf data;
        Part previous;
        Part next;

        int end() {
            return seq + data.readableBytes();
        }
    }

    private final ByteBufAllocator allocator;
    private Part first;
    private Part last;
    private int parts;
    private int bytes;

    Reassembly(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    boolean isEmpty() {
        return first == null;
    }

    int bytes() {
        return bytes;
    }

    /**
     * Keeps what is new of a run of bytes.
     *
     * @param at where the first byte lies in the frame's memory
     * @return whether anything was new and kept
     */
    boolean insert(Frame frame, long at, int seq, int length) {
        int end = seq + length;
        Part before = last;
        while (before != null && SeqNum.gt(before.seq, seq)) {
            before = before.previous;
        }
        int here = before == null ? seq : SeqNum.max(seq, before.end());
        boolean kept = false;
        // Fills each gap between parts that the run covers.
        while (SeqNum.lt(here, end) && parts < MAX_PARTS) {
            Part after = before == null ? first : before.next;
            int stop = after == null ? end : SeqNum.min(end, after.seq);
            if (SeqNum.lt(here, stop)) {
                before = link(before, here, take(frame, at + (here - seq), stop - here));
                kept = true;
            }
            if (after == null || SeqNum.geq(stop, end)) {
                break;
            }
            before = after;
            here = SeqNum.max(stop, after.end());
        }
        return kept;
    }

    private ByteBuf take(Frame frame, long at, int length) {
        ByteBuf kept = frame.retain(at, length);
        if (kept == null) {
            kept = allocator.directBuffer(length, length);
            ByteBuffer target = kept.internalNioBuffer(0, length);
            MemorySegment.copy(frame.memory(), at, MemorySegment.ofBuffer(target), 0, length);
            kept.writerIndex(length);
        }
        return kept;
    }

    private Part link(Part before, int seq, ByteBuf data) {
        Part part = new Part();
        part.seq = seq;
        part.data = data;
        part.previous = before;
        part.next = before == null ? first : before.next;
        if (before == null) {
            first = part;
        } else {
            before.next = part;
        }
        if (part.next == null) {
            last = part;
        } else {
            part.next.previous = part;
        }
        parts++;
        bytes += data.readableBytes();
        return part;
    }

    /** The left edge of the contiguous data around a byte that is held, or {@code seq} itself. */
    int leftOf(int seq) {
        Part part = holding(seq);
        if (part == null) {
            return seq;
        }
        while (part.previous != null && part.previous.end() == part.seq) {
            part = part.previous;
        }
        return part.seq;
    }

    /** The right edge of the contiguous data around a byte that is held, or {@code seq} itself. */
    int rightOf(int seq) {
        Part part = holding(seq);
        if (part == null) {
            return seq;
        }
        while (part.next != null && part.next.seq == part.end()) {
            part = part.next;
        }
        return part.end();
    }

    private Part holding(int seq) {
        Part part = last;
        while (part != null && SeqNum.gt(part.seq, seq)) {
            part = part.previous;
        }
        return part != null && SeqNum.lt(seq, part.end()) ? part : null;
    }

    /** The data that starts at or below {@code nxt}, the caller's to release; null if none. */
    ByteBuf poll(int nxt) {
        while (first != null && SeqNum.leq(first.seq, nxt)) {
            Part part = first;
            first = part.next;
            if (first == null) {
                last = null;
            } else {
                first.previous = null;
            }
            parts--;
            bytes -= part.data.readableBytes();
            if (SeqNum.gt(part.end(), nxt)) {
                return part.data.skipBytes(nxt - part.seq);
            }
            part.data.release();
        }
        return null;
    }

    /** Forgets everything. */
    void clear() {
        for (Part part = first; part != null; part = part.next) {
            part.data.release();
        }
        first = null;
        last = null;
        parts = 0;
        bytes = 0;
    }
}
