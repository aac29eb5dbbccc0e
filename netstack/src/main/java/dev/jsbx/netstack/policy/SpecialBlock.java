package dev.jsbx.netstack.policy;

import java.util.List;

/**
 * Addresses that are not the internet's, or that are and yet lead elsewhere: IANA's special-purpose
 * registries of both versions, and the metadata services of clouds.
 *
 * @param block the addresses
 * @param what they are, as in "10.0.0.0/8 is ..."; null if they may be reached after all, inside a
 *     greater block that may not
 */
public record SpecialBlock(Cidr block, String what) {
    /** Every one of them; the smallest block around an address counts. */
    public static final List<SpecialBlock> ALL =
            List.of(
                    of("0.0.0.0/8", "this network (RFC 791)"),
                    of("10.0.0.0/8", "a private network (RFC 1918)"),
                    of("100.64.0.0/10", "shared by a provider's customers (RFC 6598)"),
                    of("100.100.100.200", "a cloud's metadata service"),
                    of("127.0.0.0/8", "the host's loopback (RFC 1122)"),
                    of("169.254.0.0/16", "link-local (RFC 3927)"),
                    of("169.254.169.254", "a cloud's metadata service"),
                    of("169.254.170.2", "a cloud's credential service"),
                    of("172.16.0.0/12", "a private network (RFC 1918)"),
                    of("192.0.0.0/24", "reserved for protocols (RFC 6890)"),
                    of("192.0.0.192", "a cloud's metadata service"),
                    of("192.0.2.0/24", "for documentation (RFC 5737)"),
                    of("192.88.99.0/24", "a deprecated 6to4 relay (RFC 7526)"),
                    of("192.168.0.0/16", "a private network (RFC 1918)"),
                    of("198.18.0.0/15", "for benchmarks (RFC 2544)"),
                    of("198.51.100.0/24", "for documentation (RFC 5737)"),
                    of("203.0.113.0/24", "for documentation (RFC 5737)"),
                    of("224.0.0.0/4", "multicast (RFC 5771)"),
                    of("240.0.0.0/4", "reserved (RFC 1112)"),
                    of("255.255.255.255", "the broadcast address (RFC 919)"),
                    // All of IPv6 but global unicast, which is 2000::/3 (RFC 4291 §2.4).
                    of("::/3", "reserved (RFC 4291)"),
                    of("4000::/2", "reserved (RFC 4291)"),
                    of("8000::/1", "reserved (RFC 4291)"),
                    of("::", "the unspecified address (RFC 4291)"),
                    of("::1", "the host's loopback (RFC 4291)"),
                    new SpecialBlock(Cidr.parse("64:ff9b::/96"), null), // NAT64: see Guard
                    of("64:ff9b:1::/48", "a private translator (RFC 8215)"),
                    of("100::/64", "discarded (RFC 6666)"),
                    of("2001::/23", "reserved for protocols (RFC 2928)"),
                    of("2001:db8::/32", "for documentation (RFC 3849)"),
                    of("3fff::/20", "for documentation (RFC 9637)"),
                    of("5f00::/16", "for segment routing (RFC 9602)"),
                    of("fc00::/7", "a private network (RFC 4193)"),
                    of("fd00:ec2::254", "a cloud's metadata service"),
                    of("fe80::/10", "link-local (RFC 4291)"),
                    of("fec0::/10", "a private network (RFC 3879)"),
                    of("ff00::/8", "multicast (RFC 4291)"));

    private static SpecialBlock of(String block, String what) {
        return new SpecialBlock(Cidr.parse(block), what);
    }
}
