package dev.jsbx.cli.rehearsal;

import dev.jsbx.cli.net.NetworkSpec;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.NetStack;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.virtio.vhostuser.FrontEnd;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Plays a VMM and its guest. The guest is a stack as the card has one, whose idea of who is gateway
 * and who is guest is the reverse: so what comes to its published port, it begins with the card.
 */
final class GuestPeer {
    private static final long MAC = 0x5254_0000_0002L;

    private GuestPeer() {}

    /**
     * @param args the network card's socket
     */
    public static void main(String[] args) throws IOException {
        try (FrontEnd machine =
                        FrontEnd.connect(Path.of(args[0]), GuestWire.MEMORY, GuestWire.FEATURES);
                FarEnd called = FarEnd.start();
                MultiThreadIoEventLoopGroup group = EventLoops.epoll(1)) {
            IoEventLoop loop = group.next();
            try (NetStack guest =
                    new NetStack(
                            new GuestWire(machine, NetworkSpec.MTU),
                            reversed(Addressing.standard()),
                            TcpConfig.DEFAULT,
                            "",
                            flow -> Verdict.relay(flow, FlowObserver.NONE),
                            loop,
                            Clock.system())) {
                guest.start();
                InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
                var published =
                        guest.ports()
                                .publish(Protocol.TCP, any, called.port())
                                .syncUninterruptibly();
                new Traffic((InetSocketAddress) published.channel().localAddress()).run();
            }
        }
    }

    private static Addressing reversed(Addressing who) {
        return new Addressing(
                MAC,
                who.guestMac(),
                who.gatewayIpv4(),
                who.guestIpv4(),
                who.prefixLength(),
                false,
                who.prefixHigh());
    }
}
