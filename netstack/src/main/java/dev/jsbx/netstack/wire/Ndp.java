package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** Neighbor discovery (RFC 4861): solicitations in, advertisements out. */
public final class Ndp {
    /** Bytes of a neighbor solicitation or advertisement before its options. */
    public static final int NEIGHBOR = 24;

    /** Bytes of a router advertisement before its options. */
    public static final int ROUTER = 16;

    /** NDP comes from the link itself: nothing has passed a router (§6.1, §7.1). */
    public static final int HOP_LIMIT = 255;

    /** The flags router, solicited and override of a neighbor advertisement. */
    public static final int ROUTER_FLAG = 1 << 31;

    public static final int SOLICITED = 1 << 30;
    public static final int OVERRIDE = 1 << 29;

    private static final int OPTION_SOURCE_LINK = 1;
    private static final int OPTION_TARGET_LINK = 2;
    private static final int OPTION_PREFIX = 3;
    private static final int OPTION_MTU = 5;
    private static final int OPTION_RDNSS = 25;

    /** Autonomous configuration, but not on-link: everything goes through the gateway. */
    private static final int PREFIX_AUTONOMOUS = 0x40;

    private Ndp() {}

    public static long targetHigh(MemorySegment m, long at) {
        return Bytes.i64(m, at + 8);
    }

    public static long targetLow(MemorySegment m, long at) {
        return Bytes.i64(m, at + 16);
    }

    /** Writes a neighbor advertisement with its target's link address; returns its length. */
    public static int writeAdvertisement(
            MemorySegment m, long at, int flags, long targetHigh, long targetLow, long mac) {
        Icmp.write(m, at, Icmpv6.NEIGHBOR_ADVERTISEMENT, 0, flags);
        Addresses.put(m, at + 8, targetHigh, targetLow);
        putLink(m, at + NEIGHBOR, OPTION_TARGET_LINK, mac);
        return NEIGHBOR + 8;
    }

    /**
     * Writes a router advertisement (§4.2) with link address, MTU, one /64 prefix (§4.6.2) and one
     * DNS server (RFC 8106 §5.1); returns its length.
     *
     * @param lifetime of everything, in seconds, at most 65535
     */
    public static int writeRouter(
            MemorySegment m,
            long at,
            int lifetime,
            long mac,
            int mtu,
            long prefixHigh,
            long dnsHigh,
            long dnsLow) {
        // Hop limit 64, no flags: addresses come from the prefix, nothing from DHCPv6.
        Icmp.write(m, at, Icmpv6.ROUTER_ADVERTISEMENT, 0, 64 << 24 | lifetime);
        Bytes.put64(m, at + 8, 0);
        long end = at + ROUTER;
        putLink(m, end, OPTION_SOURCE_LINK, mac);
        end += 8;
        Bytes.put32(m, end, OPTION_MTU << 24 | 1 << 16);
        Bytes.put32(m, end + 4, mtu);
        end += 8;
        Bytes.put32(m, end, OPTION_PREFIX << 24 | 4 << 16 | 64 << 8 | PREFIX_AUTONOMOUS);
        Bytes.put32(m, end + 4, lifetime);
        Bytes.put32(m, end + 8, lifetime);
        Bytes.put32(m, end + 12, 0);
        Addresses.put(m, end + 16, prefixHigh, 0);
        end += 32;
        Bytes.put32(m, end, OPTION_RDNSS << 24 | 3 << 16);
        Bytes.put32(m, end + 4, lifetime);
        Addresses.put(m, end + 8, dnsHigh, dnsLow);
        end += 24;
        return (int) (end - at);
    }

    private static void putLink(MemorySegment m, long at, int option, long mac) {
        Bytes.put16(m, at, option << 8 | 1);
        Ethernet.putMac(m, at + 2, mac);
    }
}
