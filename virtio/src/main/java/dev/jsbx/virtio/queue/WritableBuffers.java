package dev.jsbx.virtio.queue;

import dev.jsbx.vmm.linux.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/** Where the driver wants the answer: bytes that the device may write, and never reads. */
public final class WritableBuffers extends Buffers {
    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    WritableBuffers() {}

    /** Writes one byte at {@code offset}. */
    public void setByte(long offset, byte value) {
        int piece = wholePiece(offset, 1);
        memory(piece).set(ValueLayout.JAVA_BYTE, position(piece, offset), value);
    }

    /** Writes a little-endian 16-bit value at {@code offset}, which needs no alignment. */
    public void setShort(long offset, short value) {
        int piece = wholePiece(offset, Short.BYTES);
        if (piece >= 0) {
            memory(piece).set(U16, position(piece, offset), value);
        } else {
            scatter(offset, Short.BYTES, value);
        }
    }

    /** Writes a little-endian 32-bit value at {@code offset}, which needs no alignment. */
    public void setInt(long offset, int value) {
        int piece = wholePiece(offset, Integer.BYTES);
        if (piece >= 0) {
            memory(piece).set(U32, position(piece, offset), value);
        } else {
            scatter(offset, Integer.BYTES, value);
        }
    }

    /** Writes a little-endian 64-bit value at {@code offset}, which needs no alignment. */
    public void setLong(long offset, long value) {
        int piece = wholePiece(offset, Long.BYTES);
        if (piece >= 0) {
            memory(piece).set(U64, position(piece, offset), value);
        } else {
            scatter(offset, Long.BYTES, value);
        }
    }

    /**
     * Copies bytes into guest memory.
     *
     * @param offset of the first byte here
     * @param source where they come from, from {@code sourceOffset} on
     */
    public void copyFrom(long offset, MemorySegment source, long sourceOffset, long length) {
        Objects.checkFromIndexSize(offset, length, length());
        long done = 0;
        int piece = length == 0 ? 0 : pieceOf(offset);
        while (done < length) {
            long here = offset + done;
            long bytes = Math.min(length - done, endOf(piece) - here);
            MemorySegment.copy(
                    source, sourceOffset + done, memory(piece), position(piece, here), bytes);
            done += bytes;
            piece++;
        }
    }

    /** Writes {@code length} zero bytes from {@code offset} on. */
    public void zero(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, length());
        long done = 0;
        int piece = length == 0 ? 0 : pieceOf(offset);
        while (done < length) {
            long here = offset + done;
            long bytes = Math.min(length - done, endOf(piece) - here);
            memory(piece).asSlice(position(piece, here), bytes).fill((byte) 0);
            done += bytes;
            piece++;
        }
    }

    /**
     * Gives the whole pages of each piece back to the host; the driver reads zeros there.
     *
     * @return bytes that were given back
     */
    public long release() {
        long released = 0;
        for (int piece = 0; piece < pieces(); piece++) {
            long start = piece == 0 ? 0 : endOf(piece - 1);
            long address = memory(piece).address() + position(piece, start);
            released += Pages.release(address, endOf(piece) - start);
        }
        return released;
    }

    /** A value whose bytes lie in more than one piece. */
    private void scatter(long offset, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            setByte(offset + i, (byte) (value >>> 8 * i));
        }
    }
}
