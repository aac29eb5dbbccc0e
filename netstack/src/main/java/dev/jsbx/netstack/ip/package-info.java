/**
 * The network layer towards one guest: what is a whole, well-formed packet of the guest's own, and
 * how packets get to it.
 *
 * <pre>
 *   Frame ──► IpInput ── type ──► ARP (answered here)
 *                │ IPv4, IPv6: lengths, header checksum, source is the guest's, no source route
 *                ├──► Reassembler (bounded; overlaps end a datagram)
 *                └──► Packet ──► IpHandler: TCP, UDP, ICMP            IcmpErrors ──┐
 *   Link ◄── Fragmenter ◄── IpOutput ◄── segments, datagrams, messages ◄──────────┘
 * </pre>
 *
 * <p>The stack answers as the gateway and stands for every other address: whatever the guest sends
 * to anywhere comes here and goes no further as a packet.
 *
 * <p>Dropped without a word: frames that are not for us, packets whose source the guest does not
 * own, source routes, routing headers, multicast other than what NDP and DHCP need, and whatever
 * has lengths that do not hold. Nothing here throws on hostile bytes; a fault that slips through
 * costs its frame and is counted.
 */
package dev.jsbx.netstack.ip;
