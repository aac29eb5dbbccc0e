package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;

/**
 * What is done to a request's body once it is there as a whole. Belongs to one request, on its
 * event loop.
 */
interface BodyStep extends AutoCloseable {
    /** The largest body, in bytes. */
    int limit();

    /**
     * Takes the body and completes the head, which has not been sent yet.
     *
     * @param body handed over
     * @return the body to send; the caller's
     */
    ByteBuf apply(RequestHead head, ByteBuf body) throws Refused;

    @Override
    void close();
}
