package dev.jsbx.netstack.ip;

/** Takes whole packets by protocol. Transport headers and checksums are not yet checked. */
public interface IpHandler {
    void tcp(Packet packet);

    void udp(Packet packet);

    /** ICMP and ICMPv6, multicast of NDP included. */
    void icmp(Packet packet);

    /** Any other protocol, or a header that is not known. */
    void other(Packet packet);

    /** A packet whose hop limit ends at the gateway. */
    void expired(Packet packet);
}
