package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Puts a secret in the place of its placeholder in a form or text, written as the content type asks
 * for. Binary bodies and multipart forms are not looked into.
 */
final class BodyReplacement implements BodyStep {
    private static final int LIMIT = 8 << 20;

    private final ByteBuf placeholder;
    private final ByteBuf value;

    /**
     * @param contentType of the request, which tells how the value is escaped
     */
    BodyReplacement(String placeholder, ByteBuffer secret, String contentType) {
        byte[] text = placeholder.getBytes(StandardCharsets.ISO_8859_1);
        this.placeholder = io.netty.buffer.Unpooled.wrappedBuffer(text);
        value = new ZeroingBuf(secret.remaining() * 6 + 1);
        String type = contentType.toLowerCase(Locale.ROOT);
        if (type.contains("x-www-form-urlencoded")) {
            Encodings.percent(secret, true, value);
        } else if (type.contains("json")) {
            Encodings.json(secret, false, value);
        } else {
            value.writeBytes(secret.duplicate());
        }
    }

    /** Whether bodies of a type are looked into. */
    static boolean isFor(String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        return type.contains("x-www-form-urlencoded")
                || type.contains("json")
                || type.startsWith("text/")
                || type.contains("xml");
    }

    @Override
    public int limit() {
        return LIMIT;
    }

    @Override
    public ByteBuf apply(RequestHead head, ByteBuf body) {
        int count = 0;
        for (int at = find(body, body.readerIndex()); at >= 0; at = find(body, at)) {
            at += placeholder.readableBytes();
            count++;
        }
        if (count == 0) {
            return body;
        }
        int growth = count * (value.readableBytes() - placeholder.readableBytes());
        ByteBuf out = new ZeroingBuf(Math.max(1, body.readableBytes() + growth));
        int from = body.readerIndex();
        for (int at = find(body, from); at >= 0; at = find(body, from)) {
            out.writeBytes(body, from, at - from);
            out.writeBytes(value, 0, value.readableBytes());
            from = at + placeholder.readableBytes();
        }
        out.writeBytes(body, from, body.writerIndex() - from);
        body.release();
        return out;
    }

    private int find(ByteBuf body, int from) {
        ByteBuf rest = body.slice(from, body.writerIndex() - from);
        int at = ByteBufUtil.indexOf(placeholder, rest);
        return at < 0 ? -1 : from + at;
    }

    @Override
    public void close() {
        value.release();
    }
}
