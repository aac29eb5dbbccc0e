package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** IPv4 headers (RFC 791). */
public final class Ipv4 {
    /** Header length without options, in bytes. */
    public static final int HEADER = 20;

    /** The largest packet, in bytes. */
    public static final int MAX_PACKET = 65535;

    /** Every network carries a packet of this many bytes whole (RFC 791 §3.2). */
    public static final int MIN_MTU = 68;

    /** The flag "don't fragment", as {@link #fragment} has it. */
    public static final int DF = 0x4000;

    /** The flag "more fragments", as {@link #fragment} has it. */
    public static final int MF = 0x2000;

    private static final int TOTAL_LENGTH = 2;
    private static final int IDENTIFICATION = 4;
    private static final int FRAGMENT = 6;
    private static final int TTL = 8;
    private static final int PROTOCOL = 9;
    private static final int CHECKSUM = 10;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;
    private static final int OFFSET_MASK = 0x1fff;

    private Ipv4() {}

    /**
     * Whether {@code length} bytes hold a packet whose version, lengths and header checksum are
     * right; bytes after the total length are the link's padding.
     */
    public static boolean check(MemorySegment m, long at, long length) {
        if (length < HEADER) {
            return false;
        }
        int header = headerLength(m, at);
        int total = totalLength(m, at);
        return Bytes.u8(m, at) >>> 4 == 4
                && header >= HEADER
                && header <= total
                && total <= length
                && Checksum.sum(m, at, header) == 0xffff;
    }

    /** In bytes, 0 to 60; at least 20 where {@link #check} holds. */
    public static int headerLength(MemorySegment m, long at) {
        return (Bytes.u8(m, at) & 0xf) * 4;
    }

    /** Header and payload, in bytes. */
    public static int totalLength(MemorySegment m, long at) {
        return Bytes.u16(m, at + TOTAL_LENGTH);
    }

    public static int identification(MemorySegment m, long at) {
        return Bytes.u16(m, at + IDENTIFICATION);
    }

    /** The word of flags and fragment offset. */
    public static int fragment(MemorySegment m, long at) {
        return Bytes.u16(m, at + FRAGMENT);
    }

    /** Whether a word of {@link #fragment} is that of a part of a packet. */
    public static boolean isFragment(int fragment) {
        return (fragment & (MF | OFFSET_MASK)) != 0;
    }

    /** The fragment offset in a word of {@link #fragment}, in bytes. */
    public static int fragmentOffset(int fragment) {
        return (fragment & OFFSET_MASK) * 8;
    }

    public static int ttl(MemorySegment m, long at) {
        return Bytes.u8(m, at + TTL);
    }

    /** A number of {@link IpProtocol}. */
    public static int protocol(MemorySegment m, long at) {
        return Bytes.u8(m, at + PROTOCOL);
    }

    public static int source(MemorySegment m, long at) {
        return Bytes.i32(m, at + SOURCE);
    }

    public static int destination(MemorySegment m, long at) {
        return Bytes.i32(m, at + DESTINATION);
    }

    /**
     * Writes a header without options, with its checksum.
     *
     * @param totalLength header and payload, at most 65535 bytes
     * @param fragment the word of flags and offset, such as {@link #DF}
     */
    public static void write(
            MemorySegment m,
            long at,
            int totalLength,
            int identification,
            int fragment,
            int ttl,
            int protocol,
            int source,
            int destination) {
        Bytes.put16(m, at, 0x4500);
        Bytes.put16(m, at + TOTAL_LENGTH, totalLength);
        Bytes.put16(m, at + IDENTIFICATION, identification);
        Bytes.put16(m, at + FRAGMENT, fragment);
        Bytes.put8(m, at + TTL, ttl);
        Bytes.put8(m, at + PROTOCOL, protocol);
        Bytes.put32(m, at + SOURCE, source);
        Bytes.put32(m, at + DESTINATION, destination);
        updateChecksum(m, at, HEADER);
    }

    /** Sets total length, identification and fragment word anew, and the checksum with them. */
    public static void rewrite(
            MemorySegment m, long at, int totalLength, int identification, int fragment) {
        Bytes.put16(m, at + TOTAL_LENGTH, totalLength);
        Bytes.put16(m, at + IDENTIFICATION, identification);
        Bytes.put16(m, at + FRAGMENT, fragment);
        updateChecksum(m, at, headerLength(m, at));
    }

    private static void updateChecksum(MemorySegment m, long at, int header) {
        Bytes.put16(m, at + CHECKSUM, 0);
        Bytes.put16(m, at + CHECKSUM, Checksum.finish(Checksum.sum(m, at, header)));
    }
}
