package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Host;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the head of an HTTP/1 request (RFC 9112 §3), strictly: what a server might read in another
 * way than this is malformed.
 */
public final class HttpHead {
    private static final Pattern REQUEST =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\\x80-\\xff]+) HTTP/1\\.([01])\\r\\n");

    // Protocols whose requests could no longer be checked: what asks for them goes on as HTTP/1.
    private static final Pattern UNCHECKED = Pattern.compile("(?i)(^|[\\s,])(h2|http|tls|quic|h3)");

    private HttpHead() {}

    /** Says what is wrong with a request line; null if nothing is. */
    static Sniffed checkRequestLine(ByteBuf in, int start, int end) {
        String line = line(in, start, end);
        if (line.startsWith("PRI * HTTP/2")) {
            return malformed("HTTP/2 without TLS, whose requests cannot be checked: use HTTP/1.1");
        }
        return REQUEST.matcher(line).matches()
                ? null
                : malformed("a request line that servers read in more than one way");
    }

    private static String line(ByteBuf in, int start, int end) {
        return in.toString(start, end - start, StandardCharsets.ISO_8859_1);
    }

    static Sniffed malformed(String why) {
        return new Sniffed.Malformed(why, true);
    }

    /**
     * @param start of a request line that was checked
     * @param end behind the empty line
     */
    static Sniffed parse(ByteBuf in, int start, int end) {
        int first = in.indexOf(start, end, (byte) '\n') + 1;
        Matcher request = REQUEST.matcher(line(in, start, first));
        if (!request.matches()) {
            return malformed("a request line that servers read in more than one way");
        }
        HttpFields fields = HttpFields.read(in, first, end);
        if (fields.broken() != null) {
            return malformed("an HTTP request with " + fields.broken());
        }
        if (fields.body() == HttpBody.CHUNKED && request.group(3).equals("0")) {
            return malformed("an HTTP/1.0 request with chunks");
        }
        return target(request.group(1), request.group(2), fields, start, end);
    }

    private static Sniffed target(
            String method, String target, HttpFields fields, int start, int end) {
        String path = target;
        String authority = fields.host();
        int scheme = target.indexOf("://");
        boolean whole = scheme > 0 && target.charAt(0) != '/';
        if (method.equals("CONNECT")) {
            authority = target;
        } else if (whole) {
            int from = scheme + 3;
            int to = from;
            while (to < target.length() && "/?#".indexOf(target.charAt(to)) < 0) {
                to++;
            }
            authority = target.substring(from, to);
            path = to == target.length() ? "/" : target.substring(to);
        } else if (target.charAt(0) != '/' && !target.equals("*")) {
            return malformed("a request target that is neither a path nor a URL");
        }
        if (fields.host() != null && !fields.host().equalsIgnoreCase(authority)) {
            return malformed("an HTTP request whose target and Host differ");
        }
        boolean forwarded = whole || method.equals("CONNECT");
        return withHost(method, path, authority, forwarded, fields, start, end);
    }

    private static Sniffed withHost(
            String method,
            String path,
            String authority,
            boolean forwarded,
            HttpFields fields,
            int start,
            int end) {
        Optional<Host> host = Optional.empty();
        int port = 0;
        if (authority != null && !authority.isEmpty()) {
            int colon = authority.lastIndexOf(':');
            boolean hasPort = colon > authority.lastIndexOf(']') && colon >= 0;
            port = hasPort ? port(authority.substring(colon + 1)) : 0;
            host = Host.fromWire(hasPort ? authority.substring(0, colon) : authority);
        }
        if (port < 0
                || host.isEmpty() && (forwarded || authority != null && !authority.isEmpty())) {
            return malformed("an HTTP Host that is none");
        }
        long body = fields.body() == HttpFields.NONE ? 0 : fields.body();
        return new Sniffed.Http(
                method, path, host, port, forwarded, body, fields.upgrade(), start, end);
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

    /** Whether a request offers to go on with a protocol whose requests could not be checked. */
    public static boolean offersUnchecked(Sniffed.Http http) {
        return http.upgrade().map(offer -> UNCHECKED.matcher(offer).find()).orElse(false);
    }

    /**
     * A copy of a head without its offers to go on with another protocol (RFC 9110 §7.8: they are
     * for the next hop, which this is).
     *
     * @param head from its request line to its empty line
     */
    public static ByteBuf withoutUpgrade(ByteBuf head) {
        ByteBuf out = Unpooled.buffer(head.readableBytes());
        int at = head.readerIndex();
        while (at < head.writerIndex()) {
            int next = head.indexOf(at, head.writerIndex(), (byte) '\n') + 1;
            String line = line(head, at, next).toLowerCase(Locale.ROOT);
            if (!line.startsWith("upgrade:") && !line.startsWith("http2-settings:")) {
                out.writeBytes(head, at, next - at);
            }
            at = next;
        }
        return out;
    }
}
