package dev.jsbx.virtio.queue;

import dev.jsbx.vmm.linux.Io;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * One direction of a descriptor chain: pieces of guest memory that together are one run of bytes,
 * numbered from 0. How the driver cut the run into pieces means nothing (virtio 1.2 §2.7.4), so no
 * method shows the cuts. Every offset and length is checked against {@link #length}.
 *
 * <p>Filled by {@link VirtQueue#pop}, valid until the chain is pushed. Not thread-safe.
 */
public abstract sealed class Buffers permits ReadableBuffers, WritableBuffers {
    private static final int INITIAL_PIECES = 32;

    // Piece i: bytes [from[i], from[i + 1]) of the run are at[i].. of memory[i].
    private MemorySegment[] memory = new MemorySegment[INITIAL_PIECES];
    private long[] at = new long[INITIAL_PIECES];
    private long[] from = new long[INITIAL_PIECES + 1];
    private int count;
    private MemorySegment iovecs = allocateIovecs(INITIAL_PIECES);

    Buffers() {}

    final void clear() {
        count = 0;
    }

    /** Appends a piece of a region; the caller has checked that it lies inside. */
    final void add(MemorySegment region, long offset, long length) {
        if (count == memory.length) {
            grow();
        }
        memory[count] = region;
        at[count] = offset;
        from[count + 1] = from[count] + length;
        count++;
    }

    private void grow() {
        int more = count * 2;
        memory = Arrays.copyOf(memory, more);
        at = Arrays.copyOf(at, more);
        from = Arrays.copyOf(from, more + 1);
        iovecs = allocateIovecs(more);
    }

    private static MemorySegment allocateIovecs(int pieces) {
        return Arena.ofAuto().allocate((long) pieces * Io.IOVEC_SIZE, Long.BYTES);
    }

    /** Bytes in all. */
    public final long length() {
        return from[count];
    }

    /** Whether there are no bytes. */
    public final boolean isEmpty() {
        return count == 0;
    }

    /** How many pieces there are, at most {@link DescriptorChain#MAX_PIECES}. */
    final int pieces() {
        return count;
    }

    /**
     * Prepares iovecs for {@code readv(2)} and its like over a part of the bytes. They stay valid
     * until the next call or pop.
     *
     * @return how many there are now at {@link #iovecAddress}; 0 if {@code length} is 0
     * @throws IndexOutOfBoundsException if the part exceeds {@link #length}
     */
    public final int iovecs(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, length());
        if (length == 0) {
            return 0;
        }
        int filled = 0;
        long left = length;
        int piece = pieceOf(offset);
        long within = offset - from[piece];
        while (left > 0) {
            long bytes = Math.min(left, from[piece + 1] - from[piece] - within);
            long entry = (long) filled * Io.IOVEC_SIZE;
            iovecs.set(ValueLayout.JAVA_LONG, entry, memory[piece].address() + at[piece] + within);
            iovecs.set(ValueLayout.JAVA_LONG, entry + 8, bytes);
            left -= bytes;
            within = 0;
            piece++;
            filled++;
        }
        return filled;
    }

    /** Where {@link #iovecs} has put them: an address in this process. */
    public final long iovecAddress() {
        return iovecs.address();
    }

    /** The piece that holds byte {@code offset}, which is below {@link #length}. */
    final int pieceOf(long offset) {
        int piece = 0;
        while (offset >= from[piece + 1]) {
            piece++;
        }
        return piece;
    }

    /**
     * The piece that holds {@code bytes} bytes from {@code offset} without a cut, or -1.
     *
     * @throws IndexOutOfBoundsException if they exceed {@link #length}
     */
    final int wholePiece(long offset, int bytes) {
        Objects.checkFromIndexSize(offset, bytes, length());
        int piece = pieceOf(offset);
        return offset + bytes <= from[piece + 1] ? piece : -1;
    }

    final MemorySegment memory(int piece) {
        return memory[piece];
    }

    /** Where byte {@code offset} of the run, which lies in {@code piece}, is in its memory. */
    final long position(int piece, long offset) {
        return at[piece] + (offset - from[piece]);
    }

    /** The first byte of the run after {@code piece}. */
    final long endOf(int piece) {
        return from[piece + 1];
    }
}
