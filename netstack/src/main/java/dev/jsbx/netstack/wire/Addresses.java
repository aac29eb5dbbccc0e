package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** IP addresses as two longs, high and low; IPv4 in its mapped form {@code ::ffff:a.b.c.d}. */
public final class Addresses {
    private static final long MAPPED = 0xffffL << 32;
    private static final long LINK_LOCAL = 0xfe80L << 48;
    private static final long ALL_NODES = 0xff02L << 48;
    private static final long SOLICITED_NODE = 0x0000_0001_ff00_0000L;

    private Addresses() {}

    /** The low half of an IPv4 address; the high half is 0. */
    public static long mapped(int ipv4) {
        return MAPPED | ipv4 & 0xffff_ffffL;
    }

    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** {@code ::}, or {@code 0.0.0.0} in its mapped form. */
    public static boolean isUnspecified(long high, long low) {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    /** {@code 224.0.0.0/4} and {@code ff00::/8}. */
    public static boolean isMulticast(long high, long low) {
        return isIpv4(high, low) ? ((int) low >>> 28) == 0xe : high >>> 56 == 0xff;
    }

    /** {@code 255.255.255.255}. */
    public static boolean isBroadcast(long high, long low) {
        return high == 0 && low == (MAPPED | 0xffff_ffffL);
    }

    /** {@code 127.0.0.0/8} and {@code ::1}. */
    public static boolean isLoopback(long high, long low) {
        return isIpv4(high, low) ? ((int) low >>> 24) == 127 : high == 0 && low == 1;
    }

    /** {@code fe80::/10}. */
    public static boolean isLinkLocalIpv6(long high) {
        return high >>> 54 == 0xfe80 >>> 6;
    }

    /** {@code ff02::1}'s high half; the low half is 1. */
    public static long allNodesHigh() {
        return ALL_NODES;
    }

    /** The low half of the solicited-node group (RFC 4291 §2.7.1) of an address. */
    public static long solicitedNodeLow(long low) {
        return SOLICITED_NODE | low & 0xff_ffff;
    }

    /** {@code fe80::/64}'s high half. */
    public static long linkLocalHigh() {
        return LINK_LOCAL;
    }

    /** The high half of a socket address's IP address. */
    public static long high(InetAddress address) {
        return address instanceof Inet4Address
                ? 0
                : ByteBuffer.wrap(address.getAddress()).getLong(0);
    }

    /** The low half of a socket address's IP address. */
    public static long low(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? mapped(bytes.getInt(0)) : bytes.getLong(8);
    }

    /** An object for interfaces outside the stack; once per flow, never per packet. */
    public static InetAddress toInetAddress(long high, long low) {
        try {
            byte[] bytes =
                    isIpv4(high, low)
                            ? ByteBuffer.allocate(4).putInt((int) low).array()
                            : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are lengths of addresses", e);
        }
    }

    /** Writes 16 bytes. */
    static void put(MemorySegment m, long at, long high, long low) {
        Bytes.put64(m, at, high);
        Bytes.put64(m, at + 8, low);
    }
}
