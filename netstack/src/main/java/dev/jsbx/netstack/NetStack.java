package dev.jsbx.netstack;

import dev.jsbx.netstack.dhcp.DhcpServer;
import dev.jsbx.netstack.host.Gate;
import dev.jsbx.netstack.host.GuestDialer;
import dev.jsbx.netstack.host.LinkDriver;
import dev.jsbx.netstack.host.PublishedPorts;
import dev.jsbx.netstack.host.TcpGate;
import dev.jsbx.netstack.host.UdpGate;
import dev.jsbx.netstack.icmp.Echo;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IcmpErrors;
import dev.jsbx.netstack.ip.IpHandler;
import dev.jsbx.netstack.ip.IpInput;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.ip.SipHash;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.ndp.NeighborDiscovery;
import dev.jsbx.netstack.tcp.Segment;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.tcp.TcpStack;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.udp.UdpStack;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.Dhcp;
import dev.jsbx.netstack.wire.Icmp;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Udp;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import java.lang.foreign.Arena;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Predicate;

/**
 * The whole stack of one guest: a link on one side, sockets of the host on the other, and the
 * policy between them. See the package's description.
 *
 * <p>Made and started by any thread; everything else happens on the event loop it was given.
 */
public final class NetStack implements AutoCloseable {
    private static final int MAX_UDP_FLOWS = 2048;

    private final Link link;
    private final IoEventLoop loop;
    private final Arena arena = Arena.ofShared();
    private final Gate gate;
    private final TcpStack tcp;
    private final IpInput input;
    private final LinkDriver driver;
    private final PublishedPorts ports;

    /**
     * @param link towards the guest; closed with the stack
     * @param loop with epoll where the link has a descriptor; not closed with the stack
     * @param hostName what DHCP tells the guest to call itself; empty for nothing
     */
    public NetStack(
            Link link,
            Addressing who,
            TcpConfig tcpConfig,
            String hostName,
            FlowPolicy policy,
            IoEventLoop loop,
            Clock clock) {
        this.link = link;
        this.loop = loop;
        gate = new Gate(policy, clock);
        TimerQueue timers = new TimerQueue();
        IpOutput output = new IpOutput(link, arena, who.ownMac(), who.guestMac());
        IcmpErrors errors = new IcmpErrors(who, output, clock, arena);
        Dispatch dispatch = new Dispatch(who, output, errors);
        input = new IpInput(who, output, dispatch, clock);
        driver = new LinkDriver(link, input, output, clock, timers, loop);
        tcp =
                new TcpStack(
                        tcpConfig,
                        clock,
                        timers,
                        output,
                        PooledByteBufAllocator.DEFAULT,
                        new SecureRandom(),
                        new TcpGate(gate, loop, errors),
                        driver::wake);
        SecureRandom random = new SecureRandom();
        dispatch.tcp = tcp;
        dispatch.udp =
                new UdpStack(
                        MAX_UDP_FLOWS,
                        clock,
                        timers,
                        output,
                        new SipHash(random.nextLong(), random.nextLong()),
                        new UdpGate(gate, loop, errors, driver::wake));
        ports =
                new PublishedPorts(
                        gate, new GuestDialer(who, output, tcp, dispatch.udp), loop, driver::wake);
        dispatch.dhcp = new DhcpServer(who, output, hostName);
        dispatch.neighbors = new NeighborDiscovery(who, output, clock, timers);
        dispatch.echo = new Echo(who, output);
    }

    /** Starts to take frames. */
    public void start() {
        driver.start(tcp);
    }

    /** Ports of the host behind which the guest is; any thread. */
    public PublishedPorts ports() {
        return ports;
    }

    /** Takes waiting frames, for links without a descriptor; on the event loop. */
    public void poll() {
        driver.poll();
    }

    /** The flows under way, oldest first; on the event loop. */
    public List<Flow> flows() {
        return gate.flows();
    }

    /** Ends the flows that the predicate names, by RST where there is one; on the event loop. */
    public int cut(Predicate<Flow> which) {
        return gate.cut(which);
    }

    /** The TCP layer, for figures; on the event loop. */
    public TcpStack tcp() {
        return tcp;
    }

    /** Frames that made the stack fail and were dropped, since the start; on the event loop. */
    public long faults() {
        return input.faults();
    }

    /** Ends all flows and closes the link; waits until it is done. */
    @Override
    public void close() {
        loop.submit(
                        () -> {
                            gate.cut(flow -> true);
                            driver.close();
                            link.close();
                        })
                .syncUninterruptibly();
        arena.close();
    }

    /** Packets to their protocols, checksums verified. */
    private static final class Dispatch implements IpHandler {
        private final Addressing who;
        private final IpOutput output;
        private final IcmpErrors errors;
        private final Segment segment = new Segment();
        private TcpStack tcp;
        private UdpStack udp;
        private DhcpServer dhcp;
        private NeighborDiscovery neighbors;
        private Echo echo;

        Dispatch(Addressing who, IpOutput output, IcmpErrors errors) {
            this.who = who;
            this.output = output;
            this.errors = errors;
        }

        @Override
        public void tcp(Packet p) {
            if (isIntact(p, IpProtocol.TCP, p.length())
                    && segment.parse(
                            p.frame(),
                            p.at(),
                            p.length(),
                            p.srcHigh(),
                            p.srcLow(),
                            p.dstHigh(),
                            p.dstLow())) {
                tcp.receive(segment);
            }
        }

        @Override
        public void udp(Packet p) {
            if (!Udp.check(p.memory(), p.at(), p.length())) {
                return;
            }
            boolean v4 = Addresses.isIpv4(p.srcHigh(), p.srcLow());
            boolean bare = v4 && Udp.checksum(p.memory(), p.at()) == 0;
            if (!bare && !isIntact(p, IpProtocol.UDP, Udp.length(p.memory(), p.at()))) {
                return;
            }
            int to = Udp.destinationPort(p.memory(), p.at());
            boolean named = !Addresses.isUnspecified(p.srcHigh(), p.srcLow());
            if (v4 && to == Dhcp.SERVER_PORT) {
                int length = Math.min(Udp.length(p.memory(), p.at()), p.length()) - Udp.HEADER;
                dhcp.receive(p.memory(), p.at() + Udp.HEADER, length);
            } else if (named && !isGroup(p)) {
                udp.receive(p);
            }
        }

        @Override
        public void icmp(Packet p) {
            if (p.length() < Icmp.HEADER) {
                return;
            }
            boolean v4 = p.protocol() == IpProtocol.ICMP;
            int pseudo = v4 ? 0 : pseudo(p, IpProtocol.ICMPV6, p.length());
            int sum = Checksum.add(pseudo, Checksum.sum(p.memory(), p.at(), p.length()));
            if (sum != 0xffff || !v4 && neighbors.receive(p)) {
                return;
            }
            if (Echo.isRequest(p) && !echo.receive(p)) {
                errors.unreachable(p, IcmpErrors.Reason.PROHIBITED);
            }
        }

        @Override
        public void other(Packet p) {
            errors.protocolUnreachable(p);
        }

        @Override
        public void expired(Packet p) {
            errors.timeExceeded(p);
        }

        private static boolean isGroup(Packet p) {
            return Addresses.isMulticast(p.dstHigh(), p.dstLow())
                    || Addresses.isBroadcast(p.dstHigh(), p.dstLow());
        }

        private static boolean isIntact(Packet p, int protocol, int length) {
            if (p.frame().offload().checksumTrusted()) {
                return true;
            }
            int bytes = Math.min(length, p.length());
            int sum = Checksum.sum(p.memory(), p.at(), bytes);
            return Checksum.add(sum, pseudo(p, protocol, bytes)) == 0xffff;
        }

        private static int pseudo(Packet p, int protocol, int length) {
            return Checksum.pseudo(
                    p.srcHigh(), p.srcLow(), p.dstHigh(), p.dstLow(), protocol, length);
        }
    }
}
