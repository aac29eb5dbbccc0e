package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** ICMP for IPv4 (RFC 792) and the common part of ICMPv6 (RFC 4443), which looks the same. */
public final class Icmp {
    /** Length of the header before an error's quoted packet or an echo's data, in bytes. */
    public static final int HEADER = 8;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    /** Codes of {@link #DESTINATION_UNREACHABLE} (RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1). */
    public static final int NET_UNREACHABLE = 0;

    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    public static final int FRAGMENTATION_NEEDED = 4;
    public static final int ADMINISTRATIVELY_PROHIBITED = 13;

    private static final int TYPE = 0;
    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int REST = 4;

    private Icmp() {}

    /** Whether {@code length} bytes hold a message with a right checksum, without pseudo-header. */
    public static boolean check(MemorySegment m, long at, long length) {
        return length >= HEADER && Checksum.sum(m, at, length) == 0xffff;
    }

    public static int type(MemorySegment m, long at) {
        return Bytes.u8(m, at + TYPE);
    }

    public static int code(MemorySegment m, long at) {
        return Bytes.u8(m, at + CODE);
    }

    /** Identifier and sequence number of an echo in one word; the next-hop MTU in an error. */
    public static int rest(MemorySegment m, long at) {
        return Bytes.i32(m, at + REST);
    }

    /** The next-hop MTU of "fragmentation needed" (RFC 1191 §4), in bytes. */
    public static int nextHopMtu(MemorySegment m, long at) {
        return Bytes.u16(m, at + 6);
    }

    /** Writes type, code and the second word, with the checksum field 0. */
    public static void write(MemorySegment m, long at, int type, int code, int rest) {
        Bytes.put8(m, at + TYPE, type);
        Bytes.put8(m, at + CODE, code);
        Bytes.put16(m, at + CHECKSUM, 0);
        Bytes.put32(m, at + REST, rest);
    }

    /**
     * Fills in the checksum of a message of {@code length} bytes whose checksum field is 0.
     *
     * @param pseudo 0 with ICMP; the pseudo-header's partial sum with ICMPv6 (RFC 4443 §2.3)
     */
    public static void finish(MemorySegment m, long at, long length, int pseudo) {
        int sum = Checksum.add(Checksum.sum(m, at, length), pseudo);
        Bytes.put16(m, at + CHECKSUM, Checksum.finish(sum));
    }
}
