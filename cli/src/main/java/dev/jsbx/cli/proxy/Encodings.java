package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Forms in which a secret is written, from memory outside the heap to such memory. */
final class Encodings {
    static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                    .getBytes(StandardCharsets.US_ASCII);
    static final byte[] BASE64_URL =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UPPER_HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private Encodings() {}

    /** With padding (RFC 4648 §4). */
    static void base64(ByteBuf in, ByteBuf out) {
        int at = in.readerIndex();
        int left = in.readableBytes();
        for (; left > 0; at += 3, left -= 3) {
            int b0 = in.getUnsignedByte(at);
            int b1 = left > 1 ? in.getUnsignedByte(at + 1) : 0;
            int b2 = left > 2 ? in.getUnsignedByte(at + 2) : 0;
            out.writeByte(BASE64[b0 >> 2]);
            out.writeByte(BASE64[(b0 & 3) << 4 | b1 >> 4]);
            out.writeByte(left > 1 ? BASE64[(b1 & 15) << 2 | b2 >> 6] : '=');
            out.writeByte(left > 2 ? BASE64[b2 & 63] : '=');
        }
    }

    /**
     * What base64 makes of a text wherever it stands in a longer one, without the characters that
     * its neighbours take part in.
     *
     * @param before how many bytes stand before it, modulo 3
     */
    static void base64Inside(ByteBuffer in, int before, byte[] alphabet, ByteBuf out) {
        int bits = in.remaining() * 8;
        int first = before == 0 ? 0 : before == 1 ? 4 : 2; // the bits that share a character
        for (int bit = first; bit + 6 <= bits; bit += 6) {
            int at = in.position() + bit / 8;
            int next = at + 1 < in.limit() ? in.get(at + 1) & 0xff : 0;
            int pair = (in.get(at) & 0xff) << 8 | next;
            out.writeByte(alphabet[pair >> 10 - bit % 8 & 63]);
        }
    }

    static void hex(ByteBuffer in, boolean upper, ByteBuf out) {
        byte[] digits = upper ? UPPER_HEX : HEX;
        for (int i = in.position(); i < in.limit(); i++) {
            int b = in.get(i) & 0xff;
            out.writeByte(digits[b >> 4]).writeByte(digits[b & 15]);
        }
    }

    /** All but unreserved characters escaped (RFC 3986 §2.3). */
    static void percent(ByteBuffer in, boolean upper, ByteBuf out) {
        byte[] digits = upper ? UPPER_HEX : HEX;
        for (int i = in.position(); i < in.limit(); i++) {
            int b = in.get(i) & 0xff;
            if (isUnreserved(b)) {
                out.writeByte(b);
            } else {
                out.writeByte('%').writeByte(digits[b >> 4]).writeByte(digits[b & 15]);
            }
        }
    }

    private static boolean isUnreserved(int b) {
        return b >= 'A' && b <= 'Z'
                || b >= 'a' && b <= 'z'
                || b >= '0' && b <= '9'
                || b == '-'
                || b == '.'
                || b == '_'
                || b == '~';
    }

    /** As inside a JSON string (RFC 8259 §7). */
    static void json(ByteBuffer in, boolean slashes, ByteBuf out) {
        for (int i = in.position(); i < in.limit(); i++) {
            int b = in.get(i) & 0xff;
            if (b == '"' || b == '\\' || slashes && b == '/') {
                out.writeByte('\\').writeByte(b);
            } else if (b < 0x20) {
                out.writeCharSequence("\\u00", StandardCharsets.US_ASCII);
                out.writeByte(HEX[b >> 4]).writeByte(HEX[b & 15]);
            } else {
                out.writeByte(b);
            }
        }
    }
}
