package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;

/** One step after the other. */
record BodySteps(BodyStep first, BodyStep second) implements BodyStep {
    @Override
    public int limit() {
        return Math.min(first.limit(), second.limit());
    }

    @Override
    public ByteBuf apply(RequestHead head, ByteBuf body) throws Refused {
        return second.apply(head, first.apply(head, body));
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
