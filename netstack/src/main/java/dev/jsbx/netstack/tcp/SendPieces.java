package dev.jsbx.netstack.tcp;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Recycles the pieces of all send queues of one stack. */
final class SendPieces {
    /** Bytes of a chunk: small writes gather here, whole pages of them. */
    static final int CHUNK = 16384;

    /** Free chunks that are kept; 4 MiB. More go back to the collector. */
    private static final int KEPT = 256;

    private final SendPiece[] chunks = new SendPiece[KEPT];
    private final SendPiece[] shells = new SendPiece[KEPT];
    private int freeChunks;
    private int freeShells;

    /** An empty chunk. */
    SendPiece chunk() {
        if (freeChunks > 0) {
            return chunks[--freeChunks];
        }
        SendPiece p = new SendPiece();
        p.memory = Arena.ofAuto().allocate(CHUNK, 64);
        p.view = p.memory.asByteBuffer();
        p.room = CHUNK;
        return p;
    }

    /** A piece over a direct buffer's readable bytes; owns the buffer from now on. */
    SendPiece foreign(ByteBuf data) {
        SendPiece p = freeShells > 0 ? shells[--freeShells] : new SendPiece();
        int length = data.readableBytes();
        p.memory = MemorySegment.ofBuffer(data.internalNioBuffer(data.readerIndex(), length));
        p.at = 0;
        p.length = length;
        p.foreign = data;
        return p;
    }

    /** Takes a piece back and releases what it held. */
    void recycle(SendPiece p) {
        p.length = 0;
        if (p.isChunk()) {
            if (freeChunks < KEPT) {
                chunks[freeChunks++] = p;
            }
            return;
        }
        p.foreign.release();
        p.foreign = null;
        p.memory = null;
        if (freeShells < KEPT) {
            shells[freeShells++] = p;
        }
    }
}
