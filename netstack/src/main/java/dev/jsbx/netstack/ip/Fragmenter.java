package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Cuts a packet that exceeds the MTU into fragments (RFC 791 §3.2, RFC 8200 §4.5). TCP never needs
 * it; datagrams from the host and long echo replies do.
 */
final class Fragmenter {
    private final Link link;
    private final OutFrame piece;
    private final MemorySegment whole;

    Fragmenter(Link link, Arena arena) {
        this.link = link;
        piece = new OutFrame(arena);
        // An IPv6 packet's length does not count its header.
        whole = arena.allocate(Ethernet.HEADER + Ipv6.MAX_PACKET, 8);
    }

    /**
     * Sends all fragments of a packet.
     *
     * @param out the packet with its Ethernet and IP headers
     * @return false if the link ran out of room: the rest is lost, as on any wire
     */
    boolean send(OutFrame out, boolean v4, int protocol, int identification) {
        int ipHeader = v4 ? Ipv4.HEADER : Ipv6.HEADER;
        int start = Ethernet.HEADER + ipHeader;
        int length = out.length() - start;
        if (out.length() > Ethernet.HEADER + (v4 ? Ipv4.MAX_PACKET : Ipv6.MAX_PACKET)) {
            return true;
        }
        out.copyTo(whole, 0, 0, out.length());
        int overhead = ipHeader + (v4 ? 0 : Ipv6.FRAGMENT_HEADER);
        int step = link.mtu() - overhead & ~7;
        for (int offset = 0; offset < length; offset += step) {
            int n = Math.min(step, length - offset);
            boolean more = offset + n < length;
            piece.reset();
            MemorySegment m = piece.header();
            MemorySegment.copy(whole, 0, m, 0, start);
            int headers = start;
            if (v4) {
                int word = offset / 8 | (more ? Ipv4.MF : 0);
                Ipv4.rewrite(m, Ethernet.HEADER, ipHeader + n, identification & 0xffff, word);
            } else {
                Ipv6.putPayloadLength(m, Ethernet.HEADER, n + Ipv6.FRAGMENT_HEADER);
                Bytes.put8(m, Ethernet.HEADER + 6, IpProtocol.FRAGMENT);
                Ipv6.writeFragment(m, start, protocol, offset, more, identification);
                headers += Ipv6.FRAGMENT_HEADER;
            }
            piece.setHeaderLength(headers);
            piece.add(whole, start + (long) offset, n);
            if (!link.transmit(piece)) {
                return false;
            }
        }
        return true;
    }
}
