package dev.jsbx.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * What the driver sends: bytes that the device may read. The driver may change them at any time, so
 * read a field once and check what was read.
 */
public final class ReadableBuffers extends Buffers {
    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    ReadableBuffers() {}

    /** The byte at {@code offset}. */
    public byte getByte(long offset) {
        int piece = wholePiece(offset, 1);
        return memory(piece).get(ValueLayout.JAVA_BYTE, position(piece, offset));
    }

    /** The little-endian 16-bit value at {@code offset}, which needs no alignment. */
    public short getShort(long offset) {
        int piece = wholePiece(offset, Short.BYTES);
        return piece >= 0
                ? memory(piece).get(U16, position(piece, offset))
                : (short) gather(offset, Short.BYTES);
    }

    /** The little-endian 32-bit value at {@code offset}, which needs no alignment. */
    public int getInt(long offset) {
        int piece = wholePiece(offset, Integer.BYTES);
        return piece >= 0
                ? memory(piece).get(U32, position(piece, offset))
                : (int) gather(offset, Integer.BYTES);
    }

    /** The little-endian 64-bit value at {@code offset}, which needs no alignment. */
    public long getLong(long offset) {
        int piece = wholePiece(offset, Long.BYTES);
        return piece >= 0
                ? memory(piece).get(U64, position(piece, offset))
                : gather(offset, Long.BYTES);
    }

    /**
     * Copies bytes out of guest memory.
     *
     * @param offset of the first byte here
     * @param to where they go, from {@code toOffset} on
     */
    public void copyTo(long offset, MemorySegment to, long toOffset, long length) {
        Objects.checkFromIndexSize(offset, length, length());
        long done = 0;
        int piece = length == 0 ? 0 : pieceOf(offset);
        while (done < length) {
            long here = offset + done;
            long bytes = Math.min(length - done, endOf(piece) - here);
            MemorySegment.copy(memory(piece), position(piece, here), to, toOffset + done, bytes);
            done += bytes;
            piece++;
        }
    }

    /** A value whose bytes lie in more than one piece. */
    private long gather(long offset, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | getByte(offset + i) & 0xff;
        }
        return value;
    }
}
