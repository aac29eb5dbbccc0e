package dev.jsbx.cli.proxy;

import dev.jsbx.cli.proxy.RequestHead.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Heads of HTTP/1 requests (RFC 9112): read strictly, written anew. */
final class Http1Head {
    /** Headers that belong to a connection, or that are written anew. */
    private static final Set<String> OWN =
            Http1Codecs.names(
                    "host",
                    "connection",
                    "proxy-connection",
                    "keep-alive",
                    "te",
                    "transfer-encoding",
                    "content-length",
                    "upgrade",
                    "expect",
                    "http2-settings",
                    "proxy-authorization");

    /** An upper bound for what {@link #write} adds to names and values, in bytes. */
    private static final int OTHERS = 256;

    private Http1Head() {}

    /**
     * @param host whom the connection is for, for a request of HTTP/1.0 that names nobody
     * @throws Refused for a request that two readers could understand differently
     */
    static RequestHead read(HttpRequest request, String host) throws Refused {
        if (request.decoderResult().isFailure()) {
            throw malformed("it is no HTTP that can be understood");
        }
        HttpHeaders headers = request.headers();
        boolean old = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
        if (request.protocolVersion().majorVersion() != 1) {
            throw malformed("its version is unknown");
        }
        RequestHead head = start(request, only(headers, "host"), old, host);
        framing(head, headers, old);
        head.expects = !old && headers.containsValue("expect", "100-continue", true);
        head.closing = closing(headers, old);
        head.upgrade = upgrade(headers, old, head.method);
        for (Map.Entry<String, String> each : headers) {
            if (!OWN.contains(each.getKey())) {
                head.fields.add(new RequestHead.Field(each.getKey(), each.getValue()));
            }
        }
        if (headers.containsValue("te", "trailers", true)) {
            head.fields.add(new RequestHead.Field("TE", "trailers"));
        }
        return head;
    }

    private static RequestHead start(
            HttpRequest request, String hostHeader, boolean old, String host) throws Refused {
        String method = request.method().name();
        String target = request.uri();
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) > '~') {
                throw malformed("its target holds what no URL does");
            }
        }
        if (hostHeader == null && !old) {
            throw malformed("it names no host");
        }
        String authority = hostHeader == null ? host : hostHeader.strip();
        int scheme = target.indexOf("://");
        if (!target.startsWith("/") && scheme > 0) {
            int slash = target.indexOf('/', scheme + 3);
            String named = target.substring(scheme + 3, slash < 0 ? target.length() : slash);
            if (!named.equalsIgnoreCase(authority)) {
                throw malformed("its target and its Host differ");
            }
            target = slash < 0 ? "/" : target.substring(slash);
        } else if (!target.startsWith("/") && !target.equals("*") && !method.equals("CONNECT")) {
            throw malformed("its target is no path");
        }
        RequestHead head = new RequestHead(method, authority, target);
        head.old = old;
        return head;
    }

    // RFC 9112 §6.3: what is framed in two ways at once is an attempt to smuggle.
    private static void framing(RequestHead head, HttpHeaders headers, boolean old) throws Refused {
        String coding = only(headers, "transfer-encoding");
        String length = only(headers, "content-length");
        if (coding != null) {
            if (length != null || old || !coding.strip().equalsIgnoreCase("chunked")) {
                throw malformed("its length can be read in two ways");
            }
            head.framing = Framing.CHUNKED;
        } else if (length != null) {
            head.framing = Framing.LENGTH;
            head.length = number(length.strip());
        }
    }

    private static long number(String text) throws Refused {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(Http1Head::isDigit)) {
            throw malformed("its length is no number");
        }
        return Long.parseLong(text);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static String only(HttpHeaders headers, String name) throws Refused {
        List<String> all = headers.getAll(name);
        if (all.size() > 1) {
            throw malformed("it has more than one " + name);
        }
        return all.isEmpty() ? null : all.getFirst();
    }

    private static boolean closing(HttpHeaders headers, boolean old) {
        return headers.containsValue("connection", "close", true)
                || old && !headers.containsValue("connection", "keep-alive", true);
    }

    private static boolean upgrade(HttpHeaders headers, boolean old, String method) throws Refused {
        String upgrade = only(headers, "upgrade");
        return !old
                && method.equals("GET")
                && upgrade != null
                && upgrade.strip().equalsIgnoreCase("websocket")
                && headers.containsValue("connection", "upgrade", true);
    }

    private static Refused malformed(String why) {
        return new Refused(Refusal.badRequest(why));
    }

    /** Writes a head; the caller's, zeroed when released. */
    static ByteBuf write(RequestHead head) {
        int size = head.method.length() + head.target.length() + head.authority.length() + OTHERS;
        for (RequestHead.Field field : head.fields) {
            size += field.name().length() + field.value().length() + 4;
        }
        ByteBuf out = new ZeroingBuf(size);
        write(out, head.method);
        write(out, " ");
        write(out, head.target);
        write(out, head.old ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        for (RequestHead.Field field : head.fields) {
            write(out, field.name(), field.value());
        }
        write(out, "Host", head.authority);
        switch (head.framing) {
            case LENGTH -> write(out, "Content-Length", Long.toString(head.length));
            case CHUNKED -> write(out, "Transfer-Encoding", "chunked");
            case NONE -> {}
        }
        if (head.upgrade) {
            write(out, "Connection", "Upgrade");
            write(out, "Upgrade", "websocket");
        } else if (head.closing && !head.old) {
            write(out, "Connection", "close");
        } else if (!head.closing && head.old) {
            write(out, "Connection", "keep-alive");
        }
        if (head.expects) {
            write(out, "Expect", "100-continue");
        }
        write(out, "\r\n");
        return out;
    }

    private static void write(ByteBuf out, CharSequence name, CharSequence value) {
        write(out, name);
        write(out, ": ");
        write(out, value);
        write(out, "\r\n");
    }

    private static void write(ByteBuf out, CharSequence text) {
        if (text instanceof SecretText secret) {
            secret.writeTo(out);
        } else {
            out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        }
    }
}
