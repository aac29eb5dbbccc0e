package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.MacAddress;
import java.net.InetAddress;

/**
 * Who is who on the link.
 *
 * @param ownMac the gateway's Ethernet address, 48 bits
 * @param guestMac the guest's, the only one that frames may come from; {@link MacAddress#BROADCAST}
 *     takes whatever the guest has, and every frame's as it comes
 * @param guestIpv4 the guest's address
 * @param gatewayIpv4 the gateway's, in the same subnet
 * @param prefixLength of the IPv4 subnet, 8 to 30
 * @param ipv6 whether the guest gets IPv6 at all
 * @param prefixHigh the high half of the IPv6 prefix, a /64; the gateway is host 1 in it
 */
public record Addressing(
        long ownMac,
        long guestMac,
        int guestIpv4,
        int gatewayIpv4,
        int prefixLength,
        boolean ipv6,
        long prefixHigh) {

    /** The gateway's host part, both in the prefix and link-local. */
    public static final long GATEWAY_LOW = 1;

    private static final long GUEST_LOW = 2;

    private static final int DEFAULT_SUBNET = 10 << 24 | 213 << 16;

    /** {@code fd6a:7362:7800::/64}, a unique local prefix (RFC 4193). */
    private static final long DEFAULT_PREFIX = 0xfd6a_7362_7800_0000L;

    /** 10.213.0.2 behind 10.213.0.1, {@code fd6a:7362:7800::/64}, any MAC address. */
    public static Addressing standard() {
        return new Addressing(
                0x5254_0000_0001L,
                MacAddress.BROADCAST,
                DEFAULT_SUBNET | 2,
                DEFAULT_SUBNET | 1,
                24,
                true,
                DEFAULT_PREFIX);
    }

    public Addressing {
        if (prefixLength < 8 || prefixLength > 30) {
            throw new IllegalArgumentException("subnet of /" + prefixLength);
        }
        int mask = -1 << 32 - prefixLength;
        if ((guestIpv4 & mask) != (gatewayIpv4 & mask) || guestIpv4 == gatewayIpv4) {
            throw new IllegalArgumentException("guest and gateway share no subnet");
        }
    }

    /** The subnet mask. */
    public int mask() {
        return -1 << 32 - prefixLength;
    }

    /** The same without IPv6. */
    public Addressing withoutIpv6() {
        return new Addressing(
                ownMac, guestMac, guestIpv4, gatewayIpv4, prefixLength, false, prefixHigh);
    }

    /** The guest's IPv4 address as an object. */
    public InetAddress guestInetAddress() {
        return Addresses.toInetAddress(0, Addresses.mapped(guestIpv4));
    }

    /** The gateway's IPv4 address as an object. */
    public InetAddress gatewayInetAddress() {
        return Addresses.toInetAddress(0, Addresses.mapped(gatewayIpv4));
    }

    /** The IPv6 address that the guest is given where it is not left to choose one. */
    public InetAddress guestInet6Address() {
        return Addresses.toInetAddress(prefixHigh, GUEST_LOW);
    }

    /** The gateway's IPv6 address in the prefix. */
    public InetAddress gatewayInet6Address() {
        return Addresses.toInetAddress(prefixHigh, GATEWAY_LOW);
    }

    /** Whether an address is one of the gateway's own. */
    public boolean isGateway(long high, long low) {
        if (Addresses.isIpv4(high, low)) {
            return (int) low == gatewayIpv4;
        }
        return ipv6
                && low == GATEWAY_LOW
                && (high == prefixHigh || high == Addresses.linkLocalHigh());
    }

    /** Whether the guest may use an address as its own. */
    public boolean isGuest(long high, long low) {
        if (Addresses.isIpv4(high, low)) {
            return (int) low == guestIpv4;
        }
        return ipv6
                && (high == prefixHigh || high == Addresses.linkLocalHigh())
                && low != GATEWAY_LOW
                && low != 0;
    }
}
