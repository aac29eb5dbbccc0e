package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;

/** What a request's body passes through, piece by piece. Belongs to one request. */
interface BodyFilter {
    /**
     * @param piece handed over
     * @return what goes on, perhaps nothing; the caller's
     */
    ByteBuf next(ByteBuf piece) throws Refused;

    /** Tells that the body is over. */
    void end() throws Refused;
}
