package dev.jsbx.bench.secret;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Heads of HTTP/1.1 messages, as text. */
final class Head {
    private static final int END = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';
    private static final String LENGTH = "\r\ncontent-length:";

    private Head() {}

    /** Reads up to and with the empty line; empty at the end of input. */
    static String read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        int last = 0;
        while (last != END) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.write(b);
            last = last << 8 | b;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** The length of the body that it announces, in bytes. */
    static long length(String head) {
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf(LENGTH);
        if (at < 0) {
            return 0;
        }
        int from = at + LENGTH.length();
        return Long.parseLong(head.substring(from, head.indexOf('\r', from)).strip());
    }
}
