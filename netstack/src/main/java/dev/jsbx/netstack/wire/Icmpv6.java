package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** Types and codes of ICMPv6 (RFC 4443, RFC 4861); the layout is {@link Icmp}'s. */
public final class Icmpv6 {
    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOR_SOLICITATION = 135;
    public static final int NEIGHBOR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    /** Codes of {@link #DESTINATION_UNREACHABLE}. */
    public static final int NO_ROUTE = 0;

    public static final int ADMINISTRATIVELY_PROHIBITED = 1;
    public static final int ADDRESS_UNREACHABLE = 3;
    public static final int PORT_UNREACHABLE = 4;

    /** Codes of {@link #PARAMETER_PROBLEM}. */
    public static final int UNRECOGNIZED_NEXT_HEADER = 1;

    private Icmpv6() {}

    /** Types below 128 are errors (RFC 4443 §2.1). */
    public static boolean isError(int type) {
        return type < 128;
    }

    /**
     * Whether {@code length} bytes hold a message whose checksum is right.
     *
     * @param pseudo the pseudo-header's partial sum
     */
    public static boolean check(MemorySegment m, long at, long length, int pseudo) {
        return length >= Icmp.HEADER && Checksum.add(Checksum.sum(m, at, length), pseudo) == 0xffff;
    }
}
