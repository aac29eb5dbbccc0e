package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;

/** Signs a request when its body is known. */
record AwsSigning(AwsScope scope, AwsSigner signer) implements BodyStep {
    private static final int LIMIT = 16 << 20;

    @Override
    public int limit() {
        return LIMIT;
    }

    @Override
    public ByteBuf apply(RequestHead head, ByteBuf body) throws Refused {
        try {
            AwsRefusals.check(scope, head, form(head, body));
            signer.sign(head, body);
            return body;
        } catch (Refused e) {
            body.release();
            throw e;
        }
    }

    // What is no form has no action in it, however it looks.
    private static ByteBuf form(RequestHead head, ByteBuf body) {
        return body.slice(body.readerIndex(), Math.min(body.readableBytes(), 256 << 10));
    }

    @Override
    public void close() {
        signer.close();
    }
}
