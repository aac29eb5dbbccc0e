package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;

/**
 * Tells TLS, HTTP/1 and everything else apart by a connection's first bytes from the guest. The
 * caller never waits for the guest to speak first, so protocols in which the server does are not
 * held up. Looks at every byte once, in whatever pieces they come. One per connection.
 */
public final class Sniffer {
    /** More than this is never held back: what is not understood by then is malformed. */
    public static final int MAX_BYTES = 64 * 1024;

    /** Bytes by which an SSL 2 hello is known. */
    private static final int SSL_V2 = 5;

    private static final int TLS_HANDSHAKE = 22;

    private final ClientHello hello = new ClientHello();
    private final HttpScan http = new HttpScan(true);

    /** Looks at all bytes of a connection at once. */
    public static Sniffed sniff(ByteBuf bytes) {
        return new Sniffer().look(bytes);
    }

    /**
     * Looks at the bytes from the reader index on, which stays where it is.
     *
     * @param bytes all so far: those of the last call and what has come since
     * @return {@link Sniffed#MORE} while more bytes could tell
     */
    public Sniffed look(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return Sniffed.MORE;
        }
        ByteBuf in = bytes.slice();
        if (in.getUnsignedByte(0) == TLS_HANDSHAKE) {
            return bounded(hello.look(in), in, false);
        }
        if (mayBecomeSslV2(in)) {
            return Sniffed.MORE;
        }
        return isSslV2(in)
                ? new Sniffed.Malformed("an SSL 2 hello, which names no server", false)
                : bounded(http.look(in), in, true);
    }

    /**
     * Looks at the bytes of a guest that says no more.
     *
     * @return never {@link Sniffed#MORE}
     */
    public Sniffed atEnd(ByteBuf bytes) {
        Sniffed sniffed = look(bytes);
        if (sniffed != Sniffed.MORE || !bytes.isReadable()) {
            return sniffed == Sniffed.MORE ? Sniffed.OTHER : sniffed;
        }
        return bytes.getUnsignedByte(bytes.readerIndex()) == TLS_HANDSHAKE
                ? new Sniffed.Malformed("a ClientHello that ends in its middle", false)
                : http.atEnd(bytes.slice());
    }

    static Sniffed bounded(Sniffed sniffed, ByteBuf in, boolean http) {
        return sniffed == Sniffed.MORE && in.readableBytes() >= MAX_BYTES
                ? new Sniffed.Malformed("a head of more than " + MAX_BYTES + " bytes", http)
                : sniffed;
    }

    // RFC 5246 appendix E.2: two bytes of length with the first bit set, 1, then a version 3.x.
    private static boolean isSslV2(ByteBuf in) {
        return in.readableBytes() >= SSL_V2 && startsAsSslV2(in);
    }

    // A guest that sends it byte by byte gets no further.
    private static boolean mayBecomeSslV2(ByteBuf in) {
        return in.readableBytes() < SSL_V2 && startsAsSslV2(in);
    }

    private static boolean startsAsSslV2(ByteBuf in) {
        int bytes = in.readableBytes();
        return (in.getUnsignedByte(0) & 0x80) != 0
                && (bytes < 3 || in.getUnsignedByte(2) == 1)
                && (bytes < 4 || in.getUnsignedByte(3) == 3);
    }
}
