package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A request's body as it comes together, within a limit of its own and one of the sandbox. */
final class BodyCollector implements AutoCloseable {
    private final int limit;
    private final BodyBudget budget;
    private ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(1024);
    private int taken;

    BodyCollector(int limit, BodyBudget budget) {
        this.limit = limit;
        this.budget = budget;
    }

    /**
     * @param piece stays the caller's
     */
    void add(ByteBuf piece) throws Refused {
        int size = piece.readableBytes();
        if (bytes.readableBytes() + size > limit || !budget.take(size)) {
            throw new Refused(
                    new Refusal(
                            413,
                            "jsbx: the request is refused: its body must be held to put the secret"
                                    + " in, and is larger than "
                                    + (limit >> 20)
                                    + " MiB"));
        }
        taken += size;
        bytes.writeBytes(piece, piece.readerIndex(), size);
    }

    /** The whole body, handed over. */
    ByteBuf take() {
        ByteBuf whole = bytes;
        bytes = null;
        return whole;
    }

    @Override
    public void close() {
        budget.giveBack(taken);
        taken = 0;
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
