package dev.jsbx.cli.proxy;

import dev.jsbx.cli.proxy.RequestHead.Framing;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;

/** Heads of HTTP/2 requests and responses (RFC 9113 §8). */
final class Http2Heads {
    private Http2Heads() {}

    /**
     * @throws Refused for a request that would be another one in HTTP/1
     */
    static RequestHead read(Http2Headers headers, boolean over) throws Refused {
        CharSequence method = headers.method();
        CharSequence path = headers.path();
        CharSequence host = headers.get("host");
        CharSequence authority = headers.authority() == null ? host : headers.authority();
        if (method == null || authority == null) {
            throw malformed("it names no method or no host");
        }
        if (host != null && !AsciiString.contentEqualsIgnoreCase(host, authority)) {
            throw malformed("its :authority and its host differ");
        }
        boolean connect = AsciiString.contentEquals(method, "CONNECT");
        if (!connect
                && (path == null
                        || path.isEmpty()
                        || path.charAt(0) != '/' && !AsciiString.contentEquals(path, "*"))) {
            throw malformed("its target is no path");
        }
        if (!connect && !AsciiString.contentEquals("https", String.valueOf(headers.scheme()))) {
            throw malformed("its scheme is not https");
        }
        RequestHead head =
                new RequestHead(
                        method.toString(),
                        authority.toString(),
                        path == null ? "" : path.toString());
        fields(head, headers);
        head.framing = over ? Framing.NONE : Framing.CHUNKED;
        return head;
    }

    private static void fields(RequestHead head, Http2Headers headers) throws Refused {
        for (int i = 0; i < head.target.length(); i++) {
            if (head.target.charAt(i) <= ' ' || head.target.charAt(i) > '~') {
                throw malformed("its target holds what no URL does");
            }
        }
        for (Map.Entry<CharSequence, CharSequence> each : headers) {
            String name = each.getKey().toString();
            check(name, each.getValue());
            if (name.equals("expect")) {
                head.expects = AsciiString.contentEqualsIgnoreCase("100-continue", each.getValue());
            } else if (!name.startsWith(":")
                    && !name.equals("host")
                    && !name.equals("proxy-authorization")) {
                head.fields.add(new RequestHead.Field(name, each.getValue().toString()));
            }
        }
    }

    // RFC 9113 §8.2.1, §8.2.2; the codec checks most of it, too.
    private static void check(String name, CharSequence value) throws Refused {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw malformed("a header holds a line end");
            }
        }
        if (name.equals("transfer-encoding")
                || name.equals("connection")
                || name.equals("upgrade")
                || name.equals("keep-alive")
                || name.equals("proxy-connection")) {
            throw malformed("it has a header of HTTP/1 connections");
        }
    }

    private static Refused malformed(String why) {
        return new Refused(Refusal.badRequest(why));
    }

    /**
     * A head as the codec takes it; its secrets are the head's, and are not read once it is closed.
     */
    static Http2Headers write(RequestHead head) {
        Http2Headers headers = new DefaultHttp2Headers(false, head.fields.size() + 4);
        headers.method(head.method).scheme("https").authority(head.authority).path(head.target);
        for (RequestHead.Field field : head.fields) {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (!(name.equals("content-length") && head.framing == Framing.LENGTH)) {
                headers.add(name, field.value());
            }
        }
        if (head.framing == Framing.LENGTH) {
            headers.add("content-length", Long.toString(head.length));
        }
        return headers;
    }

    /** Trailers of a request. */
    static Http2Headers trailers(Http2Headers trailers) throws Refused {
        Http2Headers copy = new DefaultHttp2Headers(false, trailers.size());
        for (Map.Entry<CharSequence, CharSequence> each : trailers) {
            check(each.getKey().toString(), each.getValue());
            copy.add(each.getKey().toString(), each.getValue().toString());
        }
        return copy;
    }

    /** Head or trailers of a response, masked. */
    static Http2Headers masked(Http2Headers headers, Masker masker) {
        Http2Headers copy = new DefaultHttp2Headers(false, headers.size());
        for (Map.Entry<CharSequence, CharSequence> each : headers) {
            String name = masker.text(each.getKey());
            if (!name.equals("alt-svc")) {
                copy.add(name, masker.text(each.getValue()));
            }
        }
        return copy;
    }
}
