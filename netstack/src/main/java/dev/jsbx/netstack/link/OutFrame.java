package dev.jsbx.netstack.link;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A frame on its way out: headers in memory of its own, then pieces of payload where they lie.
 * Mutable and reused; a stack has one for all its segments.
 */
public final class OutFrame {
    /** Room for headers in bytes: Ethernet, IPv6 and TCP with all options, and an ICMP error. */
    public static final int HEADER_ROOM = 2048;

    private final MemorySegment memory;
    private final MemorySegment header;
    private final Offload offload = new Offload();
    private int headerLength;
    private int payloadLength;
    private int pieces;
    private MemorySegment[] pieceMemory = new MemorySegment[16];
    private long[] pieceAt = new long[16];
    private int[] pieceLength = new int[16];

    /** A frame whose header room lives as long as {@code arena}. */
    public OutFrame(Arena arena) {
        memory = arena.allocate(Offload.SIZE + HEADER_ROOM, 8);
        header = memory.asSlice(Offload.SIZE);
    }

    /** Begins a new frame. */
    public void reset() {
        offload.clear();
        headerLength = 0;
        payloadLength = 0;
        pieces = 0;
    }

    /** Where headers are written, from offset 0. */
    public MemorySegment header() {
        return header;
    }

    /**
     * Room for an {@link Offload} structure, with the headers right behind it: a link whose wire
     * form starts with that structure sends both as one.
     */
    public MemorySegment offloadAndHeader() {
        return memory;
    }

    public int headerLength() {
        return headerLength;
    }

    /** Says how many bytes of {@link #header} count, at most {@link #HEADER_ROOM}. */
    public void setHeaderLength(int bytes) {
        headerLength = bytes;
    }

    public Offload offload() {
        return offload;
    }

    /** Adds payload; the memory stays untouched until the frame has been transmitted. */
    public void add(MemorySegment piece, long at, int length) {
        if (pieces == pieceAt.length) {
            pieceMemory = Arrays.copyOf(pieceMemory, pieces * 2);
            pieceAt = Arrays.copyOf(pieceAt, pieces * 2);
            pieceLength = Arrays.copyOf(pieceLength, pieces * 2);
        }
        pieceMemory[pieces] = piece;
        pieceAt[pieces] = at;
        pieceLength[pieces++] = length;
        payloadLength += length;
    }

    public int payloadLength() {
        return payloadLength;
    }

    /** Headers and payload, in bytes. */
    public int length() {
        return headerLength + payloadLength;
    }

    /** How many pieces of payload there are. */
    public int pieces() {
        return pieces;
    }

    public MemorySegment pieceMemory(int i) {
        return pieceMemory[i];
    }

    public long pieceAt(int i) {
        return pieceAt[i];
    }

    public int pieceLength(int i) {
        return pieceLength[i];
    }

    /**
     * Copies a part of the frame, for links that write to memory of the other side.
     *
     * @param from first byte of the frame to copy
     * @param bytes how many, within {@link #length}
     */
    public void copyTo(MemorySegment to, long at, int from, int bytes) {
        java.util.Objects.checkFromIndexSize(from, bytes, length());
        int skip = from;
        int left = bytes;
        long out = at;
        if (skip < headerLength) {
            int n = Math.min(left, headerLength - skip);
            MemorySegment.copy(header, skip, to, out, n);
            out += n;
            left -= n;
            skip = 0;
        } else {
            skip -= headerLength;
        }
        for (int i = 0; left > 0; i++) {
            int n = Math.min(left, pieceLength[i] - skip);
            if (n <= 0) {
                skip -= pieceLength[i];
                continue;
            }
            MemorySegment.copy(pieceMemory[i], pieceAt[i] + skip, to, out, n);
            out += n;
            left -= n;
            skip = 0;
        }
    }
}
