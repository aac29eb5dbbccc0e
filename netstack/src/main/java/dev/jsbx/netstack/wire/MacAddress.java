package dev.jsbx.netstack.wire;

/**
 * An Ethernet address.
 *
 * @param bits its 48 bits, the first byte highest
 */
public record MacAddress(long bits) {
    /** {@code ff:ff:ff:ff:ff:ff}. */
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("not 48 bits: " + Long.toHexString(bits));
        }
    }

    /**
     * Reads {@code 52:54:00:12:34:56}.
     *
     * @throws IllegalArgumentException if it does not look like that
     */
    public static MacAddress of(String text) {
        if (!text.matches("(\\p{XDigit}{2}:){5}\\p{XDigit}{2}")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no MAC address such as 52:54:00:12:34:56");
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    /** Whether the group bit is set, as it is for multicast and broadcast. */
    public static boolean isGroup(long bits) {
        return (bits >>> 40 & 1) != 0;
    }

    /** The group address of an IPv4 (RFC 1112 §6.4) or IPv6 (RFC 2464 §7) multicast address. */
    public static long ofMulticast(long high, long low) {
        return Addresses.isIpv4(high, low)
                ? 0x0100_5e00_0000L | low & 0x7f_ffff
                : 0x3333_0000_0000L | low & 0xffff_ffffL;
    }

    /** The low half of the IPv6 address made from it (RFC 4291 appendix A, modified EUI-64). */
    public long eui64() {
        return (bits >>> 24 << 40 | 0xff_fe00_0000L | bits & 0xff_ffff) ^ 1L << 57;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(String.format("%02x", bits >>> shift & 0xff)).append(shift > 0 ? ":" : "");
        }
        return text.toString();
    }
}
