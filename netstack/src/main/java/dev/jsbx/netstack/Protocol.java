package dev.jsbx.netstack;

/** What a flow speaks above IP. */
public enum Protocol {
    TCP,
    UDP,
    /** ICMP echo over IPv4; ports of such a flow are 0. */
    ICMP,
    /** ICMP echo over IPv6; ports of such a flow are 0. */
    ICMPV6
}
