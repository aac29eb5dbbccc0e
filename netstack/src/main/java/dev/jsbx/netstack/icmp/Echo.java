package dev.jsbx.netstack.icmp;

import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Icmp;
import dev.jsbx.netstack.wire.Icmpv6;
import dev.jsbx.netstack.wire.IpProtocol;
import java.lang.foreign.MemorySegment;

/** Echo (RFC 792, RFC 4443 §4): replies in the gateway's name or in another's. */
public final class Echo {
    private static final int HOP_LIMIT = 64;

    private final Addressing who;
    private final IpOutput out;

    public Echo(Addressing who, IpOutput out) {
        this.who = who;
        this.out = out;
    }

    /** Whether a message, whose checksum has been verified, is an echo request. */
    public static boolean isRequest(Packet p) {
        int wanted = p.protocol() == IpProtocol.ICMP ? Icmp.ECHO_REQUEST : Icmpv6.ECHO_REQUEST;
        return Icmp.type(p.memory(), p.at()) == wanted && Icmp.code(p.memory(), p.at()) == 0;
    }

    /**
     * Answers an echo request to the gateway.
     *
     * @return false if it was for somebody else
     */
    public boolean receive(Packet p) {
        if (!who.isGateway(p.dstHigh(), p.dstLow())) {
            return false;
        }
        int rest = Icmp.rest(p.memory(), p.at());
        int length = p.length() - Icmp.HEADER;
        reply(
                p.dstHigh(),
                p.dstLow(),
                p.srcHigh(),
                p.srcLow(),
                rest,
                p.memory(),
                p.at() + Icmp.HEADER,
                length);
        return true;
    }

    /**
     * Sends an echo reply to the guest.
     *
     * @param rest identifier and sequence number of the request
     * @param data what the request carried, from {@code at} on
     */
    public void reply(
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow,
            int rest,
            MemorySegment data,
            long at,
            int length) {
        boolean v4 = Addresses.isIpv4(fromHigh, fromLow);
        OutFrame frame = out.begin();
        int icmp = IpOutput.transportOffset(v4);
        MemorySegment m = frame.header();
        Icmp.write(m, icmp, v4 ? Icmp.ECHO_REPLY : Icmpv6.ECHO_REPLY, 0, rest);
        frame.add(data, at, length);
        int protocol = v4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        int total = Icmp.HEADER + length;
        int pseudo = v4 ? 0 : Checksum.pseudo(fromHigh, fromLow, toHigh, toLow, protocol, total);
        int sum = Checksum.finish(out.sum(icmp, Icmp.HEADER, pseudo));
        dev.jsbx.netstack.wire.Bytes.put16(m, icmp + 2, sum);
        out.sendRaw(fromHigh, fromLow, toHigh, toLow, protocol, HOP_LIMIT, Icmp.HEADER);
    }
}
