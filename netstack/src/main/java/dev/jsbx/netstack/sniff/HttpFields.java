package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The header fields of an HTTP/1 message that tell whom it is for and where it ends, read strictly
 * (RFC 9112 §5, §6): what a reader might understand in another way is refused.
 */
final class HttpFields {
    /** No {@code Content-Length}. */
    static final long NONE = -2;

    private static final int MAX_LENGTH_DIGITS = 15;

    private String host;
    private String upgrade;
    private long length = NONE;
    private boolean chunked;
    private String broken;

    /**
     * Reads fields up to the empty line.
     *
     * @param at where the first one begins
     * @param end behind the empty line
     */
    static HttpFields read(ByteBuf in, int at, int end) {
        HttpFields fields = new HttpFields();
        int next = at;
        while (fields.broken == null && next < end) {
            int lineFeed = in.indexOf(next, end, (byte) '\n');
            fields.line(in, next, lineFeed);
            next = lineFeed + 1;
        }
        return fields;
    }

    private void line(ByteBuf in, int start, int lineFeed) {
        if (lineFeed == start || in.getByte(lineFeed - 1) != '\r') {
            broken = "a line that ends in LF alone";
            return;
        }
        String line = in.toString(start, lineFeed - 1 - start, StandardCharsets.ISO_8859_1);
        if (line.isEmpty()) {
            return;
        }
        int colon = 0;
        while (colon < line.length() && HttpScan.isToken(line.charAt(colon))) {
            colon++;
        }
        if (colon == 0 || colon == line.length() || line.charAt(colon) != ':') {
            broken = "a header line that is folded, or whose name is none";
        } else if (hasControl(line)) {
            broken = "a control character in a header";
        } else {
            String value = strip(line.substring(colon + 1));
            field(line.substring(0, colon).toLowerCase(Locale.ROOT), value);
        }
    }

    static boolean hasControl(String line) {
        return line.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f);
    }

    private static String strip(String value) {
        int start = 0;
        int end = value.length();
        while (start < end && (value.charAt(start) == ' ' || value.charAt(start) == '\t')) {
            start++;
        }
        while (end > start && (value.charAt(end - 1) == ' ' || value.charAt(end - 1) == '\t')) {
            end--;
        }
        return value.substring(start, end);
    }

    private void field(String name, String value) {
        switch (name) {
            case "host" -> {
                broken = host == null ? broken : "two Host headers";
                host = value;
            }
            case "content-length" -> contentLength(value);
            case "transfer-encoding" -> transferEncoding(value);
            case "upgrade" -> upgrade = upgrade == null ? value : upgrade + ", " + value;
            default -> {
                // Says nothing of host or length.
            }
        }
    }

    private void contentLength(String value) {
        if (length != NONE || chunked) {
            broken = chunked ? "both a length and chunks" : "two Content-Length headers";
        } else if (value.isEmpty()
                || value.length() > MAX_LENGTH_DIGITS
                || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            broken = "a Content-Length that is no number";
        } else {
            length = Long.parseLong(value);
        }
    }

    private void transferEncoding(String value) {
        if (length != NONE) {
            broken = "both a length and chunks";
        } else if (chunked || !value.equalsIgnoreCase("chunked")) {
            broken = "a Transfer-Encoding other than chunked";
        } else {
            chunked = true;
        }
    }

    /** Why they cannot be relied on; null if they can. */
    String broken() {
        return broken;
    }

    /** The Host header; null if there is none. */
    String host() {
        return host;
    }

    Optional<String> upgrade() {
        return Optional.ofNullable(upgrade);
    }

    /** Bytes of the body, {@link HttpBody#CHUNKED}, or {@link #NONE} if nothing tells. */
    long body() {
        return chunked ? HttpBody.CHUNKED : length;
    }
}
