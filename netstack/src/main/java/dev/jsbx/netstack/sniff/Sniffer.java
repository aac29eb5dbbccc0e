package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;

/**
 * Tells TLS, HTTP/1 and everything else apart by a connection's first bytes from the guest. Pure:
 * it is handed all bytes so far each time. The caller never waits for the guest to speak first, so
 * protocols in which the server does are not held up.
 */
public final class Sniffer {
    /** More than this is never held back: what is not understood by then is malformed. */
    public static final int MAX_BYTES = 64 * 1024;

    private static final int TLS_HANDSHAKE = 22;

    private Sniffer() {}

    /**
     * Looks at the bytes from the reader index on, which stays where it is.
     *
     * @return {@link Sniffed#MORE} while more bytes could tell
     */
    public static Sniffed sniff(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return Sniffed.MORE;
        }
        ByteBuf in = bytes.slice();
        int first = in.getUnsignedByte(0);
        Sniffed result;
        if (first == TLS_HANDSHAKE) {
            result = ClientHello.parse(in);
        } else if (isSslV2(in)) {
            result = new Sniffed.Malformed("an SSL 2 hello, which names no server");
        } else {
            result = HttpHead.parse(in);
        }
        return result == Sniffed.MORE && in.readableBytes() >= MAX_BYTES
                ? new Sniffed.Malformed("a head of more than " + MAX_BYTES + " bytes")
                : result;
    }

    // RFC 5246 appendix E.2: two bytes of length with the first bit set, 1, then a version 3.x.
    private static boolean isSslV2(ByteBuf in) {
        return in.readableBytes() >= 5
                && (in.getUnsignedByte(0) & 0x80) != 0
                && in.getUnsignedByte(2) == 1
                && in.getUnsignedByte(3) == 3;
    }
}
