package dev.jsbx.netstack.dhcp;

import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Dhcp;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Udp;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** A DHCP server with one lease, which is always the same and never taken away. */
public final class DhcpServer {
    /** In seconds: a day; the guest renews at its half. */
    private static final int LEASE = 86400;

    private static final int MAX_HOST_NAME = 63;

    private final Addressing who;
    private final IpOutput out;
    private final byte[] hostName;

    /**
     * @param hostName what the guest is to call itself, at most 63 bytes are sent; empty for none
     */
    public DhcpServer(Addressing who, IpOutput out, String hostName) {
        this.who = who;
        this.out = out;
        byte[] bytes = hostName.getBytes(StandardCharsets.US_ASCII);
        this.hostName = java.util.Arrays.copyOf(bytes, Math.min(bytes.length, MAX_HOST_NAME));
    }

    /** Takes the payload of a datagram to port 67. */
    public void receive(MemorySegment m, long at, int length) {
        if (!Dhcp.check(m, at, length)) {
            return;
        }
        int type = Dhcp.option8(m, at, length, Dhcp.OPTION_MESSAGE_TYPE);
        int server = Dhcp.option32(m, at, length, Dhcp.OPTION_SERVER_ID);
        if (server != 0 && server != who.gatewayIpv4()) {
            // RFC 2131 §4.3.2: the guest has chosen another server.
            return;
        }
        switch (type) {
            case Dhcp.DISCOVER -> reply(m, at, Dhcp.OFFER);
            case Dhcp.REQUEST -> reply(m, at, isOurs(m, at, length) ? Dhcp.ACK : Dhcp.NAK);
            case Dhcp.INFORM -> reply(m, at, Dhcp.ACK);
            default -> {
                // DECLINE and RELEASE change nothing: there is only one address to give.
            }
        }
    }

    private boolean isOurs(MemorySegment m, long at, int length) {
        int requested = Dhcp.option32(m, at, length, Dhcp.OPTION_REQUESTED_ADDRESS);
        int wanted = requested != 0 ? requested : Dhcp.ciaddr(m, at);
        return wanted == who.guestIpv4();
    }

    private void reply(MemorySegment request, long requestAt, int type) {
        OutFrame frame = out.begin();
        int udp = IpOutput.transportOffset(true);
        int at = udp + Udp.HEADER;
        MemorySegment m = frame.header();
        boolean nak = type == Dhcp.NAK;
        int ciaddr = Dhcp.ciaddr(request, requestAt);
        int yiaddr = nak ? 0 : who.guestIpv4();
        Dhcp.writeReply(m, at, request, requestAt, yiaddr, nak ? 0 : who.gatewayIpv4());
        long end = Dhcp.put8(m, at + Dhcp.OPTIONS, Dhcp.OPTION_MESSAGE_TYPE, type);
        end = Dhcp.put32(m, end, Dhcp.OPTION_SERVER_ID, who.gatewayIpv4());
        if (!nak) {
            end = putSettings(m, end);
        }
        dev.jsbx.netstack.wire.Bytes.put8(m, end++, Dhcp.OPTION_END);
        int length = Math.max((int) end - at, Dhcp.MIN_LENGTH);
        // RFC 2131 §4.1: to the client's address if it has one, else to all.
        boolean known = ciaddr == who.guestIpv4() && !nak;
        int to = known ? ciaddr : -1;
        int datagram = Udp.HEADER + length;
        Udp.write(m, udp, Dhcp.SERVER_PORT, Dhcp.CLIENT_PORT, datagram, 0);
        out.send(
                0,
                Addresses.mapped(who.gatewayIpv4()),
                0,
                Addresses.mapped(to),
                IpProtocol.UDP,
                datagram,
                Udp.CHECKSUM);
    }

    private long putSettings(MemorySegment m, long at) {
        long end = Dhcp.put32(m, at, Dhcp.OPTION_LEASE_TIME, LEASE);
        end = Dhcp.put32(m, end, Dhcp.OPTION_SUBNET_MASK, who.mask());
        end = Dhcp.put32(m, end, Dhcp.OPTION_ROUTER, who.gatewayIpv4());
        end = Dhcp.put32(m, end, Dhcp.OPTION_DNS, who.gatewayIpv4());
        end = Dhcp.put16(m, end, Dhcp.OPTION_MTU, out.mtu());
        if (hostName.length > 0) {
            end = Dhcp.putBytes(m, end, Dhcp.OPTION_HOST_NAME, hostName);
        }
        return end;
    }
}
