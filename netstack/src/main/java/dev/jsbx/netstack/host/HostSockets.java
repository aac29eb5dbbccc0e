package dev.jsbx.netstack.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;

/** Sockets of the host, all on the stack's event loop. They read nothing until told to. */
final class HostSockets {
    /** As long as a guest's own attempts would take, or nearly. */
    private static final int CONNECT_TIMEOUT_MS = 120_000;

    /** One read takes as much as four super-segments carry: each turn of the loop costs, too. */
    private static final int MAX_READ = 256 << 10;

    private static final int MAX_DATAGRAM = 65535;

    /** Datagrams that one turn of the loop takes from a socket. */
    private static final int MAX_DATAGRAMS = 32;

    /** As Linux' own limit is (net.core.somaxconn). */
    private static final int BACKLOG = 4096;

    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

    /** A channel's pipeline needs a handler to begin with; the relay's comes later. */
    private static final ChannelHandler NONE = new Nothing();

    @ChannelHandler.Sharable
    private static final class Nothing extends ChannelInboundHandlerAdapter {}

    private final Bootstrap tcp;
    private final Bootstrap udp;

    HostSockets(EventLoop loop) {
        tcp =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .disableResolver()
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, reads())
                        .handler(NONE);
        udp =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollDatagramChannel.class)
                        .disableResolver()
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, datagrams())
                        .handler(NONE);
    }

    /** Connects a stream. */
    ChannelFuture connect(InetSocketAddress target) {
        return tcp.connect(target);
    }

    /** What accepted streams are like: as the connected ones. */
    static ServerBootstrap accepting(EventLoop loop) {
        return new ServerBootstrap()
                .group(loop)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads());
    }

    private static RecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(1024, 16384, MAX_READ);
    }

    /** What datagram sockets read into: the largest there are, and as many as wait, for a batch. */
    static RecvByteBufAllocator datagrams() {
        return new FixedRecvByteBufAllocator(MAX_DATAGRAM).maxMessagesPerRead(MAX_DATAGRAMS);
    }

    /** Makes a datagram socket that speaks with one address only. */
    ChannelFuture connectDatagram(InetSocketAddress target) {
        return udp.connect(target);
    }
}
