package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks for the head of one HTTP/1 request in bytes that come piece by piece. Servers accept more
 * than RFC 9112 allows: blanks before the request, other blanks between its words, odd versions.
 * Whatever one of them could take for a request is either read strictly or malformed; only what
 * none of them would is another protocol.
 */
final class HttpScan {
    private static final Set<String> METHODS =
            Set.of(
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "DELETE",
                    "CONNECT",
                    "OPTIONS",
                    "TRACE",
                    "PATCH",
                    "QUERY",
                    "SEARCH",
                    "REPORT",
                    "SOURCE",
                    "PROPFIND",
                    "PROPPATCH",
                    "MKCOL",
                    "COPY",
                    "MOVE",
                    "LOCK",
                    "UNLOCK");

    // Node.js takes RTSP for HTTP.
    private static final Pattern VERSION =
            Pattern.compile("(?i)[\\s\\x1c-\\x1f\\x85\\xa0](HTTP|RTSP)/");

    private final boolean first;
    private int start;
    private int wordEnd = -1;
    private int lineStart;
    private int scanned;
    private boolean requestLine;

    /**
     * @param first whether the connection may still be of another protocol
     */
    HttpScan(boolean first) {
        this.first = first;
    }

    /**
     * @param in from where this scan began, the same as in the last call and more
     */
    Sniffed look(ByteBuf in) {
        if (wordEnd < 0 && !findWord(in)) {
            return scanned == in.writerIndex() ? Sniffed.MORE : otherwise();
        }
        while (true) {
            int lineFeed = in.indexOf(scanned, in.writerIndex(), (byte) '\n');
            if (lineFeed < 0) {
                scanned = in.writerIndex();
                return !requestLine && first && isGit(in) ? Sniffed.OTHER : Sniffed.MORE;
            }
            scanned = lineFeed + 1;
            if (!requestLine) {
                if (first && !couldBeRequest(text(in, lineFeed))) {
                    return Sniffed.OTHER;
                }
                requestLine = true;
                Sniffed broken = HttpHead.checkRequestLine(in, start, scanned);
                if (broken != null) {
                    return broken;
                }
            } else if (isBlank(in, lineFeed)) {
                return HttpHead.parse(in, start, scanned);
            }
            lineStart = scanned;
        }
    }

    /** What a request is whose rest never comes. */
    Sniffed atEnd(ByteBuf in) {
        boolean could = requestLine || wordEnd >= 0 && couldBeRequest(text(in, in.writerIndex()));
        return could || !first ? malformed("a request that ends in its middle") : Sniffed.OTHER;
    }

    private Sniffed otherwise() {
        return first ? Sniffed.OTHER : malformed("no HTTP request where one has to be");
    }

    private static Sniffed malformed(String why) {
        return new Sniffed.Malformed(why, true);
    }

    /** Finds the first word and what is behind it; false if there is none (yet). */
    private boolean findWord(ByteBuf in) {
        int end = in.writerIndex();
        while (start < end && isBlank(in.getByte(start))) {
            start++;
            scanned = start;
        }
        while (scanned < end && isToken(in.getByte(scanned))) {
            scanned++;
        }
        if (scanned == end || scanned == start || !isBlank(in.getByte(scanned))) {
            return false;
        }
        wordEnd = scanned;
        return true;
    }

    private boolean isBlank(ByteBuf in, int lineFeed) {
        return lineFeed == lineStart || lineFeed == lineStart + 1 && in.getByte(lineStart) == '\r';
    }

    private String text(ByteBuf in, int end) {
        return in.toString(start, end - start, StandardCharsets.ISO_8859_1);
    }

    // What some server splits words at; Python's takes all that Unicode calls white space.
    private static boolean isBlank(int b) {
        int c = b & 0xff;
        return c == ' ' || c >= 9 && c <= 13 || c >= 0x1c && c <= 0x1f || c == 0x85 || c == 0xa0;
    }

    /** RFC 9110 §5.6.2. */
    static boolean isToken(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c > ' ' && c < 0x7f && "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static boolean couldBeRequest(String line) {
        if (VERSION.matcher(line).find()) {
            return true;
        }
        int word = 0;
        while (word < line.length() && !isBlank(line.charAt(word))) {
            word++;
        }
        int target = word;
        while (target < line.length() && isBlank(line.charAt(target))) {
            target++;
        }
        String rest = line.substring(target);
        return METHODS.contains(line.substring(0, word).toUpperCase(Locale.ROOT))
                && (rest.startsWith("/") || rest.startsWith("*") || rest.contains("://"));
    }

    // The native protocol of git: a length in four hexadecimal digits, then git-upload-pack or so,
    // and no end of line.
    private boolean isGit(ByteBuf in) {
        int length = wordEnd - start;
        return length > 8
                && in.toString(start + 4, 4, StandardCharsets.ISO_8859_1).equals("git-")
                && in.toString(start, 4, StandardCharsets.ISO_8859_1).matches("[0-9a-f]{4}");
    }
}
