package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Host;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the head of an HTTP/1 request (RFC 9112 §3, §5), strictly: what a server might read in
 * another way than this is malformed.
 */
final class HttpHead {
    private static final int MAX_METHOD = 24;
    private static final int MAX_EMPTY_LINES = 2;
    private static final String VERSION = " HTTP/1.";

    private HttpHead() {}

    static Sniffed parse(ByteBuf in) {
        int start = skipEmptyLines(in);
        if (!looksLikeMethod(in, start)) {
            return Sniffed.OTHER;
        }
        int end = in.indexOf(start, in.writerIndex(), (byte) '\n');
        if (end < 0) {
            return Sniffed.MORE;
        }
        String line = line(in, start, end);
        if (line.equals("PRI * HTTP/2.0")) {
            return new Sniffed.Malformed("HTTP/2 without TLS, whose requests cannot be checked");
        }
        int version = line.lastIndexOf(VERSION);
        int method = line.indexOf(' ');
        if (version < 0 || version != line.length() - VERSION.length() - 1 || method >= version) {
            return Sniffed.OTHER;
        }
        String target = line.substring(method + 1, version);
        return headers(in, end + 1, line.substring(0, method), target);
    }

    // RFC 9112 §2.2: a server ignores an empty line before the request.
    private static int skipEmptyLines(ByteBuf in) {
        int at = 0;
        for (int i = 0; i < MAX_EMPTY_LINES && at + 1 < in.writerIndex(); i++) {
            if (in.getByte(at) == '\r' && in.getByte(at + 1) == '\n') {
                at += 2;
            }
        }
        return at;
    }

    private static boolean looksLikeMethod(ByteBuf in, int start) {
        for (int at = start; at < in.writerIndex(); at++) {
            int c = in.getByte(at);
            if (c == ' ') {
                return at > start;
            }
            boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_';
            if (!letter || at - start >= MAX_METHOD) {
                return false;
            }
        }
        return true; // as far as it goes
    }

    private static String line(ByteBuf in, int start, int end) {
        int length = end > start && in.getByte(end - 1) == '\r' ? end - 1 - start : end - start;
        return in.toString(start, length, StandardCharsets.ISO_8859_1);
    }

    private static Sniffed headers(ByteBuf in, int first, String method, String target) {
        String host = null;
        int at = first;
        while (true) {
            int end = in.indexOf(at, in.writerIndex(), (byte) '\n');
            if (end < 0) {
                return Sniffed.MORE;
            }
            String line = line(in, at, end);
            at = end + 1;
            if (line.isEmpty()) {
                return finish(method, target, host, at);
            }
            int colon = line.indexOf(':');
            if (colon <= 0
                    || line.charAt(0) == ' '
                    || line.charAt(0) == '\t'
                    || line.charAt(colon - 1) == ' '
                    || line.charAt(colon - 1) == '\t'
                    || line.indexOf('\r') >= 0
                    || line.indexOf('\0') >= 0) {
                return new Sniffed.Malformed("an HTTP header that can be read in two ways");
            }
            if (line.substring(0, colon).equalsIgnoreCase("host")) {
                if (host != null) {
                    return new Sniffed.Malformed("an HTTP request with two Host headers");
                }
                host = line.substring(colon + 1).strip();
            }
        }
    }

    private static Sniffed finish(String method, String target, String header, int length) {
        String path = target;
        String authority = header;
        int scheme = target.indexOf("://");
        if (method.equals("CONNECT")) {
            authority = target;
        } else if (scheme > 0 && target.charAt(0) != '/') {
            int slash = target.indexOf('/', scheme + 3);
            authority = target.substring(scheme + 3, slash < 0 ? target.length() : slash);
            path = slash < 0 ? "/" : target.substring(slash);
        }
        if (header != null && authority != null && !header.equalsIgnoreCase(authority)) {
            return new Sniffed.Malformed("an HTTP request whose target and Host differ");
        }
        return authority == null || authority.isEmpty()
                ? new Sniffed.Http(method, path, Optional.empty(), 0, length)
                : withHost(method, path, authority, length);
    }

    private static Sniffed withHost(String method, String path, String authority, int length) {
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']') && colon >= 0;
        int port = hasPort ? port(authority.substring(colon + 1)) : 0;
        Optional<Host> host = Host.fromWire(hasPort ? authority.substring(0, colon) : authority);
        return host.isEmpty() || port < 0
                ? new Sniffed.Malformed("an HTTP Host that is none")
                : new Sniffed.Http(method, path, host, port, length);
    }

    private static int port(String text) {
        if (text.isEmpty()
                || text.length() > 5
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int port = Integer.parseInt(text);
        return port > 0xffff ? -1 : port;
    }
}
