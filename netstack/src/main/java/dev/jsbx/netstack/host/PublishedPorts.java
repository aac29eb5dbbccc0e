package dev.jsbx.netstack.host;

import dev.jsbx.netstack.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetSocketAddress;

/**
 * Ports of the host behind which the guest answers. The policy is asked about each caller as about
 * any flow, with {@link dev.jsbx.netstack.Flow.Direction#TO_GUEST}.
 */
public final class PublishedPorts {
    private final Gate gate;
    private final GuestDialer dialer;
    private final EventLoop loop;
    private final Runnable wake;

    /**
     * @param wake called when something was sent to the guest outside of a batch of frames
     */
    public PublishedPorts(Gate gate, GuestDialer dialer, EventLoop loop, Runnable wake) {
        this.gate = gate;
        this.dialer = dialer;
        this.loop = loop;
        this.wake = wake;
    }

    /**
     * Listens on the host; any thread may call. Closing the future's channel ends it, and with UDP
     * its flows; connections that stand go on.
     *
     * @param protocol TCP or UDP
     * @param listen port 0 for any that is free
     * @param guestPort where the guest answers, at its IPv4 address
     * @return done when it listens; fails if it cannot
     */
    public ChannelFuture publish(Protocol protocol, InetSocketAddress listen, int guestPort) {
        return switch (protocol) {
            case TCP -> tcp(guestPort).bind(listen);
            case UDP -> udp(guestPort).bind(listen);
            case ICMP, ICMPV6 -> throw new IllegalArgumentException("no ports: " + protocol);
        };
    }

    private ServerBootstrap tcp(int guestPort) {
        return HostSockets.accepting(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new PublishedTcp(gate, dialer, guestPort));
    }

    private Bootstrap udp(int guestPort) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollDatagramChannel.class)
                .option(ChannelOption.RECVBUF_ALLOCATOR, HostSockets.datagrams())
                .handler(new PublishedUdp(gate, dialer, guestPort, wake));
    }
}
