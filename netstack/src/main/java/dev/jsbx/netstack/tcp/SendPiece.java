package dev.jsbx.netstack.tcp;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A run of bytes in a send queue: either in a chunk that belongs to the pool and may still be added
 * to, or in a buffer that a writer handed over.
 */
final class SendPiece {
    /** Offset in the stream of the first byte. */
    long start;

    int length;
    MemorySegment memory;
    long at;

    /** A chunk's memory as a buffer, for copying in; null for a writer's buffer. */
    ByteBuffer view;

    /** The writer's buffer, to be released; null for a chunk. */
    ByteBuf foreign;

    /** Bytes of a chunk; 0 for a writer's buffer. */
    int room;

    boolean isChunk() {
        return foreign == null;
    }

    long end() {
        return start + length;
    }
}
