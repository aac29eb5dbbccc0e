package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Heads and pieces of HTTP/1 responses as the guest gets them. */
final class Http1Answer {
    /** How the end of a body is told. */
    enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSED
    }

    private static final Set<String> OWN =
            Http1Codecs.names(
                    "connection",
                    "proxy-connection",
                    "keep-alive",
                    "transfer-encoding",
                    "upgrade",
                    "alt-svc"); // other connections would miss the proxy

    private Http1Answer() {}

    /**
     * How the server delimits a body.
     *
     * @throws Refused if it can be read in two ways
     */
    static Framing framing(HttpResponse response, boolean bodiless) throws Refused {
        int status = response.status().code();
        if (bodiless || status < 200 || status == 204 || status == 304) {
            return Framing.NONE;
        }
        List<String> codings = response.headers().getAll("transfer-encoding");
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")) {
                throw new Refused(Refusal.badGateway("the server", "it encodes its answer twice"));
            }
            return Framing.CHUNKED;
        }
        return response.headers().contains("content-length")
                ? Framing.LENGTH
                : Framing.UNTIL_CLOSED;
    }

    /**
     * Writes a head.
     *
     * @param closing whether the connection ends with the answer
     */
    static ByteBuf head(HttpResponse response, Framing framing, Masker masker, boolean closing) {
        StringBuilder out = new StringBuilder(512);
        out.append(response.protocolVersion().text())
                .append(' ')
                .append(response.status().code())
                .append(' ')
                .append(masker.text(response.status().reasonPhrase()))
                .append("\r\n");
        fields(response.headers(), masker, out);
        if (framing == Framing.CHUNKED) {
            out.append("transfer-encoding: chunked\r\n");
        }
        if (response.status().code() == 101) {
            out.append("connection: Upgrade\r\nupgrade: websocket\r\n");
        } else if (closing) {
            out.append("connection: close\r\n");
        } else if (response.headers().containsValue("connection", "keep-alive", true)) {
            out.append("connection: keep-alive\r\n");
        }
        out.append("\r\n");
        return Unpooled.copiedBuffer(out, StandardCharsets.ISO_8859_1);
    }

    private static void fields(HttpHeaders headers, Masker masker, StringBuilder out) {
        for (Map.Entry<String, String> each : headers) {
            if (!OWN.contains(each.getKey())) {
                out.append(masker.text(each.getKey()))
                        .append(": ")
                        .append(masker.text(each.getValue()))
                        .append("\r\n");
            }
        }
    }

    /** The end of a chunked body (RFC 9112 §7.1.2). */
    static ByteBuf lastChunk(HttpHeaders trailers, Masker masker) {
        StringBuilder out = new StringBuilder("0\r\n");
        fields(trailers, masker, out);
        out.append("\r\n");
        return Unpooled.copiedBuffer(out, StandardCharsets.ISO_8859_1);
    }

    /**
     * One chunk.
     *
     * @param content handed over, not empty
     */
    static ByteBuf chunk(ByteBufAllocator alloc, ByteBuf content) {
        ByteBuf size = alloc.directBuffer(16);
        ByteBufUtil.writeAscii(size, Integer.toHexString(content.readableBytes()) + "\r\n");
        ByteBuf end = alloc.directBuffer(2);
        end.writeByte('\r').writeByte('\n');
        return alloc.compositeBuffer(3)
                .addComponent(true, size)
                .addComponent(true, content)
                .addComponent(true, end);
    }

    /** A whole answer of the proxy's own, after which the connection ends. */
    static ByteBuf page(Refusal refusal, boolean bodiless) {
        byte[] page = refusal.page();
        ByteBuf out = Unpooled.buffer(page.length + 256);
        ByteBufUtil.writeAscii(
                out,
                "HTTP/1.1 "
                        + refusal.status()
                        + " "
                        + refusal.reason()
                        + "\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: "
                        + page.length
                        + "\r\ncache-control: no-store\r\nconnection: close\r\n\r\n");
        return bodiless ? out : out.writeBytes(page);
    }
}
