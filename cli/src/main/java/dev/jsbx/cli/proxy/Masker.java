package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Takes the needles out of one response, piece by piece. A piece leaves at once but for an end that
 * may be the beginning of a needle, so that server-sent events are not delayed; lengths stay as
 * they are.
 */
final class Masker implements AutoCloseable {
    /** Lets everything pass. */
    static final Masker NONE = new Masker(null);

    private final Needles needles;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;

    /**
     * @param needles shared; null to let everything pass
     */
    Masker(Needles needles) {
        this.needles = needles == null ? null : needles.retain();
    }

    /**
     * The next piece, masked.
     *
     * @param piece handed over
     * @return the caller's; may be empty
     */
    ByteBuf next(ByteBuf piece) {
        if (needles == null) {
            return piece;
        }
        ByteBuf all = join(piece);
        ByteBuffer text = all.nioBuffer();
        needles.mask(text);
        int keep = needles.unfinished(text);
        if (keep > 0) {
            held = new ZeroingBuf(needles.longest());
            held.writeBytes(all, all.writerIndex() - keep, keep);
            all.writerIndex(all.writerIndex() - keep);
        }
        return all;
    }

    private ByteBuf join(ByteBuf piece) {
        boolean plain = !held.isReadable() && !piece.isReadOnly() && piece.nioBufferCount() == 1;
        if (plain) {
            return piece;
        }
        int size = held.readableBytes() + piece.readableBytes();
        ByteBuf all = piece.alloc().directBuffer(Math.max(size, 1));
        all.writeBytes(held).writeBytes(piece);
        piece.release();
        drop();
        return all;
    }

    /** What is still held, as the response is over. */
    ByteBuf last() {
        ByteBuf rest = held;
        held = Unpooled.EMPTY_BUFFER;
        return rest;
    }

    /** A text of its own, such as a header's value, masked. */
    String text(CharSequence text) {
        if (needles == null || text.length() < Needles.SHORTEST) {
            return text.toString();
        }
        return needles.masked(text);
    }

    private void drop() {
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    boolean masks() {
        return needles != null;
    }

    @Override
    public void close() {
        drop();
        if (needles != null) {
            needles.close();
        }
    }
}
