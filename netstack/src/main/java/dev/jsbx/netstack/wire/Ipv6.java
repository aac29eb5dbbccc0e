package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** IPv6 headers and the chain of extension headers behind them (RFC 8200). */
public final class Ipv6 {
    /** Header length in bytes. */
    public static final int HEADER = 40;

    /** The largest packet without a jumbo payload, in bytes. */
    public static final int MAX_PACKET = HEADER + 65535;

    /** Every link carries packets of this many bytes (RFC 8200 §5). */
    public static final int MIN_MTU = 1280;

    /** Length of a fragment header in bytes. */
    public static final int FRAGMENT_HEADER = 8;

    /** More extension headers than this are an attack (RFC 9098 §3 on the cost of long chains). */
    private static final int MAX_EXTENSIONS = 8;

    private static final int PAYLOAD_LENGTH = 4;
    private static final int NEXT_HEADER = 6;
    private static final int HOP_LIMIT = 7;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;

    private Ipv6() {}

    /** Whether {@code length} bytes hold a packet whose version and payload length are right. */
    public static boolean check(MemorySegment m, long at, long length) {
        return length >= HEADER
                && Bytes.u8(m, at) >>> 4 == 6
                && HEADER + payloadLength(m, at) <= length;
    }

    /** What follows the header, in bytes. */
    public static int payloadLength(MemorySegment m, long at) {
        return Bytes.u16(m, at + PAYLOAD_LENGTH);
    }

    /** A number of {@link IpProtocol}. */
    public static int nextHeader(MemorySegment m, long at) {
        return Bytes.u8(m, at + NEXT_HEADER);
    }

    public static int hopLimit(MemorySegment m, long at) {
        return Bytes.u8(m, at + HOP_LIMIT);
    }

    public static long sourceHigh(MemorySegment m, long at) {
        return Bytes.i64(m, at + SOURCE);
    }

    public static long sourceLow(MemorySegment m, long at) {
        return Bytes.i64(m, at + SOURCE + 8);
    }

    public static long destinationHigh(MemorySegment m, long at) {
        return Bytes.i64(m, at + DESTINATION);
    }

    public static long destinationLow(MemorySegment m, long at) {
        return Bytes.i64(m, at + DESTINATION + 8);
    }

    /**
     * Walks the options headers that a receiver skips: hop-by-hop and destination options. Stops at
     * whatever else comes, a fragment or routing header included.
     *
     * @param payload bytes after the fixed header, from {@link #payloadLength}
     * @return protocol number of what comes then, shifted left by 16, and its distance from the
     *     start of the fixed header in bytes; -1 if the chain is too long or does not fit
     */
    public static int skipOptions(MemorySegment m, long at, int payload) {
        return skipOptions(m, at, nextHeader(m, at), HEADER, payload);
    }

    /**
     * The same from further on in the chain.
     *
     * @param next protocol number of the header at {@code distance}
     */
    public static int skipOptions(MemorySegment m, long at, int next, int distance, int payload) {
        int end = HEADER + payload;
        int here = distance;
        int header = next;
        for (int i = 0; i <= MAX_EXTENSIONS; i++) {
            // Hop-by-hop options are allowed only right after the fixed header (RFC 8200 §4.1).
            boolean options =
                    header == IpProtocol.DESTINATION_OPTIONS
                            || header == IpProtocol.HOPOPT && here == HEADER;
            if (!options) {
                return header << 16 | here;
            }
            if (here + 8 > end) {
                return -1;
            }
            header = Bytes.u8(m, at + here);
            here += (Bytes.u8(m, at + here + 1) + 1) * 8;
            if (here > end) {
                return -1;
            }
        }
        return -1;
    }

    /** Writes a fixed header; traffic class and flow label are 0. */
    public static void write(
            MemorySegment m,
            long at,
            int payloadLength,
            int nextHeader,
            int hopLimit,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        Bytes.put32(m, at, 6 << 28);
        Bytes.put16(m, at + PAYLOAD_LENGTH, payloadLength);
        Bytes.put8(m, at + NEXT_HEADER, nextHeader);
        Bytes.put8(m, at + HOP_LIMIT, hopLimit);
        Addresses.put(m, at + SOURCE, sourceHigh, sourceLow);
        Addresses.put(m, at + DESTINATION, destinationHigh, destinationLow);
    }

    /** Sets the payload length anew. */
    public static void putPayloadLength(MemorySegment m, long at, int payloadLength) {
        Bytes.put16(m, at + PAYLOAD_LENGTH, payloadLength);
    }

    /** The header that follows a fragment header at {@code at}. */
    public static int fragmentNextHeader(MemorySegment m, long at) {
        return Bytes.u8(m, at);
    }

    /** The offset in a fragment header, in bytes. */
    public static int fragmentOffset(MemorySegment m, long at) {
        return Bytes.u16(m, at + 2) & 0xfff8;
    }

    /** The flag M in a fragment header. */
    public static boolean moreFragments(MemorySegment m, long at) {
        return (Bytes.u16(m, at + 2) & 1) != 0;
    }

    /** The identification in a fragment header. */
    public static int fragmentIdentification(MemorySegment m, long at) {
        return Bytes.i32(m, at + 4);
    }

    /** Writes a fragment header; {@code offset} is in bytes and a multiple of 8. */
    public static void writeFragment(
            MemorySegment m, long at, int nextHeader, int offset, boolean more, int id) {
        Bytes.put16(m, at, nextHeader << 8);
        Bytes.put16(m, at + 2, offset | (more ? 1 : 0));
        Bytes.put32(m, at + 4, id);
    }
}
