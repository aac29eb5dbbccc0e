package dev.jsbx.netstack.ip;

import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Icmp;
import dev.jsbx.netstack.wire.Icmpv6;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Tells the guest what became of its packets (RFC 792, RFC 1122 §3.2.2, RFC 4443 §2.4, §3). Rate
 * limited as both versions demand; errors are never answered by errors.
 */
public final class IcmpErrors {
    /** Why a packet goes nowhere, with the codes of both versions. */
    public enum Reason {
        PROHIBITED(Icmp.ADMINISTRATIVELY_PROHIBITED, Icmpv6.ADMINISTRATIVELY_PROHIBITED),
        PORT_UNREACHABLE(Icmp.PORT_UNREACHABLE, Icmpv6.PORT_UNREACHABLE),
        HOST_UNREACHABLE(Icmp.HOST_UNREACHABLE, Icmpv6.ADDRESS_UNREACHABLE),
        NET_UNREACHABLE(Icmp.NET_UNREACHABLE, Icmpv6.NO_ROUTE);

        private final int code4;
        private final int code6;

        Reason(int code4, int code6) {
            this.code4 = code4;
            this.code6 = code6;
        }
    }

    /** RFC 1812 §4.3.2.3: an IPv4 error in all. */
    private static final int MAX_IPV4 = 576;

    /** Errors per second, and how many at once after a pause. */
    private static final int RATE = 1000;

    private static final int BURST = 100;
    private static final int HOP_LIMIT = 64;

    private final Addressing who;
    private final IpOutput out;
    private final Clock clock;
    private final MemorySegment quote;
    private double tokens = BURST;
    private long filledAt;

    public IcmpErrors(Addressing who, IpOutput out, Clock clock, Arena arena) {
        this.who = who;
        this.out = out;
        this.clock = clock;
        quote = arena.allocate(Ipv6.HEADER + 20, 8);
    }

    /** A packet that will not be delivered. */
    public void unreachable(Packet p, Reason reason) {
        boolean v4 = isIpv4(p);
        int type = v4 ? Icmp.DESTINATION_UNREACHABLE : Icmpv6.DESTINATION_UNREACHABLE;
        answer(p, type, v4 ? reason.code4 : reason.code6, 0);
    }

    /** A packet of a protocol that nobody here speaks. */
    public void protocolUnreachable(Packet p) {
        if (isIpv4(p)) {
            answer(p, Icmp.DESTINATION_UNREACHABLE, Icmp.PROTOCOL_UNREACHABLE, 0);
        } else {
            int pointer = (int) (p.at() - p.ipAt());
            answer(p, Icmpv6.PARAMETER_PROBLEM, Icmpv6.UNRECOGNIZED_NEXT_HEADER, pointer);
        }
    }

    /** A packet whose hop limit ended here. */
    public void timeExceeded(Packet p) {
        answer(p, isIpv4(p) ? Icmp.TIME_EXCEEDED : Icmpv6.TIME_EXCEEDED, 0, 0);
    }

    private static boolean isIpv4(Packet p) {
        return Addresses.isIpv4(p.srcHigh(), p.srcLow());
    }

    private void answer(Packet p, int type, int code, int rest) {
        boolean silent =
                Addresses.isMulticast(p.dstHigh(), p.dstLow())
                        || Addresses.isBroadcast(p.dstHigh(), p.dstLow())
                        || !who.isGuest(p.srcHigh(), p.srcLow())
                        || isError(p);
        if (!silent) {
            send(p.dstHigh(), p.dstLow(), p.srcHigh(), p.srcLow(), type, code, rest, p);
        }
    }

    private static boolean isError(Packet p) {
        if (p.protocol() == IpProtocol.ICMP) {
            int type = p.length() > 0 ? Icmp.type(p.memory(), p.at()) : Icmp.REDIRECT;
            return type != Icmp.ECHO_REQUEST && type != Icmp.ECHO_REPLY;
        }
        if (p.protocol() == IpProtocol.ICMPV6) {
            int type = p.length() > 0 ? Icmp.type(p.memory(), p.at()) : Icmpv6.REDIRECT;
            return Icmpv6.isError(type) || type == Icmpv6.REDIRECT;
        }
        return false;
    }

    /** Nobody listens where the guest's datagrams went. */
    public void portUnreachable(Tuple udp) {
        unreachable(
                udp.remoteHigh,
                udp.remoteLow,
                udp.localHigh,
                udp.localLow,
                IpProtocol.UDP,
                udp.remotePort << 16 | udp.localPort,
                0,
                Reason.PORT_UNREACHABLE);
    }

    /**
     * An error about a packet that is long gone, of which the first bytes are made up anew: enough
     * for the guest to find the socket.
     *
     * @param first32 ports: source in the high half, destination in the low
     * @param second32 the sequence number with TCP, 0 with UDP
     */
    public void unreachable(
            long srcHigh,
            long srcLow,
            long dstHigh,
            long dstLow,
            int protocol,
            int first32,
            int second32,
            Reason reason) {
        boolean v4 = Addresses.isIpv4(srcHigh, srcLow);
        int header = v4 ? Ipv4.HEADER : Ipv6.HEADER;
        int transport = protocol == IpProtocol.TCP ? 20 : 8;
        quote.fill((byte) 0);
        if (v4) {
            int total = header + transport;
            Ipv4.write(
                    quote, 0, total, 0, Ipv4.DF, HOP_LIMIT, protocol, (int) srcLow, (int) dstLow);
        } else {
            Ipv6.write(quote, 0, transport, protocol, HOP_LIMIT, srcHigh, srcLow, dstHigh, dstLow);
        }
        Bytes.put32(quote, header, first32);
        Bytes.put32(quote, header + 4, second32);
        int type = v4 ? Icmp.DESTINATION_UNREACHABLE : Icmpv6.DESTINATION_UNREACHABLE;
        int code = v4 ? reason.code4 : reason.code6;
        send(
                v4,
                gatewayHigh(v4),
                gatewayLow(v4),
                srcHigh,
                srcLow,
                type,
                code,
                0,
                quote,
                0,
                header + transport);
    }

    private void send(
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow,
            int type,
            int code,
            int rest,
            Packet p) {
        boolean v4 = isIpv4(p);
        boolean gateway = who.isGateway(fromHigh, fromLow);
        long high = gateway ? fromHigh : gatewayHigh(v4);
        long low = gateway ? fromLow : gatewayLow(v4);
        send(v4, high, low, toHigh, toLow, type, code, rest, p.memory(), p.ipAt(), p.ipLength());
    }

    private long gatewayHigh(boolean v4) {
        return v4 ? 0 : who.prefixHigh();
    }

    private long gatewayLow(boolean v4) {
        return v4 ? Addresses.mapped(who.gatewayIpv4()) : Addressing.GATEWAY_LOW;
    }

    private void send(
            boolean v4,
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow,
            int type,
            int code,
            int rest,
            MemorySegment about,
            long aboutAt,
            int aboutLength) {
        if (!mayTell()) {
            return;
        }
        int most = (v4 ? MAX_IPV4 - Ipv4.HEADER : Ipv6.MIN_MTU - Ipv6.HEADER) - Icmp.HEADER;
        int quoted = Math.min(aboutLength, most);
        OutFrame frame = out.begin();
        int at = IpOutput.transportOffset(v4);
        MemorySegment m = frame.header();
        Icmp.write(m, at, type, code, rest);
        MemorySegment.copy(about, aboutAt, m, at + (long) Icmp.HEADER, quoted);
        int length = Icmp.HEADER + quoted;
        int protocol = v4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        int pseudo = v4 ? 0 : Checksum.pseudo(fromHigh, fromLow, toHigh, toLow, protocol, length);
        Icmp.finish(m, at, length, pseudo);
        out.sendRaw(fromHigh, fromLow, toHigh, toLow, protocol, HOP_LIMIT, length);
    }

    private boolean mayTell() {
        long now = clock.micros();
        tokens = Math.min(BURST, tokens + (now - filledAt) * (RATE / 1e6));
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
