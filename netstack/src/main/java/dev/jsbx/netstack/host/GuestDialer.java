package dev.jsbx.netstack.host;

import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.tcp.TcpConnection;
import dev.jsbx.netstack.tcp.TcpHandler;
import dev.jsbx.netstack.tcp.TcpStack;
import dev.jsbx.netstack.udp.UdpFlow;
import dev.jsbx.netstack.udp.UdpReceiver;
import dev.jsbx.netstack.udp.UdpStack;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Arp;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.MacAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Begins flows to the guest, in the gateway's name. For the stack's event loop only. */
public final class GuestDialer {
    // The range that Linux takes by default (ip-sysctl: ip_local_port_range).
    private static final int FIRST_PORT = 32768;
    private static final int PORTS = 60999 - FIRST_PORT + 1;

    /** How many ports in a row may be taken before the guest counts as overrun. */
    private static final int TRIES = 1000;

    private final Addressing who;
    private final IpOutput output;
    private final TcpStack tcp;
    private final UdpStack udp;
    private int next = ThreadLocalRandom.current().nextInt(PORTS);

    public GuestDialer(Addressing who, IpOutput output, TcpStack tcp, UdpStack udp) {
        this.who = who;
        this.output = output;
        this.tcp = tcp;
        this.udp = udp;
    }

    private interface Free {
        boolean port(long localLow, int localPort, long remoteLow);
    }

    /** A port of the guest, as flows name it. */
    InetSocketAddress guest(int port) {
        return new InetSocketAddress(who.guestInetAddress(), port);
    }

    /**
     * Asks the guest for a connection.
     *
     * @throws IllegalStateException if there is no room for one
     */
    TcpConnection connect(int guestPort, TcpHandler handler) {
        int port = freePort((own, p, guest) -> tcp.isFree(0, own, p, 0, guest, guestPort));
        showTheWay();
        return tcp.connect(0, gateway(), port, 0, guest(), guestPort, handler);
    }

    /**
     * Begins a flow of datagrams.
     *
     * @throws IllegalStateException if there is no room for one
     */
    UdpFlow open(int guestPort, Function<UdpFlow, UdpReceiver> receiver) {
        int port = freePort((own, p, guest) -> udp.isFree(0, own, p, 0, guest, guestPort));
        showTheWay();
        return udp.open(0, gateway(), port, 0, guest(), guestPort, receiver);
    }

    private int freePort(Free free) {
        for (int i = 0; i < TRIES; i++) {
            next = (next + 1) % PORTS;
            if (free.port(gateway(), FIRST_PORT + next, guest())) {
                return FIRST_PORT + next;
            }
        }
        throw new IllegalStateException("no port left for a flow to the guest");
    }

    private long gateway() {
        return Addresses.mapped(who.gatewayIpv4());
    }

    private long guest() {
        return Addresses.mapped(who.guestIpv4());
    }

    // A guest that has been silent so far is asked for its Ethernet address: Linux takes no TCP
    // that was sent to everybody. What was sent too early is sent again.
    private void showTheWay() {
        if (output.guestMac() != MacAddress.BROADCAST) {
            return;
        }
        OutFrame request = output.begin();
        long own = who.ownMac();
        Ethernet.write(request.header(), 0, MacAddress.BROADCAST, own, Ethernet.TYPE_ARP);
        Arp.write(
                request.header(),
                Ethernet.HEADER,
                Arp.REQUEST,
                own,
                who.gatewayIpv4(),
                0,
                who.guestIpv4());
        request.setHeaderLength(Ethernet.HEADER + Arp.LENGTH);
        output.transmit();
    }
}
