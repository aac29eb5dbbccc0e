package dev.jsbx.netstack.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
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
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.NotYetConnectedException;

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

    private final EventLoop loop;
    private final RecvByteBufAllocator reads = reads();
    private final Bootstrap udp;

    HostSockets(EventLoop loop) {
        this.loop = loop;
        udp =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollDatagramChannel.class)
                        .disableResolver()
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, datagrams())
                        .handler(NONE);
    }

    /**
     * Makes a stream that can connect to an address. A {@code Bootstrap} would connect it a turn of
     * the loop later.
     *
     * @throws ChannelException if no socket is left
     */
    EpollSocketChannel open(InetSocketAddress target) {
        EpollSocketChannel channel =
                new EpollSocketChannel(
                        target.getAddress() instanceof Inet4Address
                                ? SocketProtocolFamily.INET
                                : SocketProtocolFamily.INET6);
        channel.config()
                .setAutoRead(false)
                .setAllowHalfClosure(true)
                .setConnectTimeoutMillis(CONNECT_TIMEOUT_MS)
                .setWriteBufferWaterMark(MARKS)
                .setRecvByteBufAllocator(reads);
        loop.register(channel);
        return channel;
    }

    /**
     * Sends FIN behind what has been written, all of which must have left. From then on the end of
     * input closes the channel; see {@link #hasEnded}. Netty's own {@code shutdownOutput} makes an
     * exception, trace and all, for each connection, and the end of input then another.
     */
    static void finishOutput(EpollSocketChannel channel) {
        try {
            ((Socket) channel.fd()).shutdown(false, true);
            channel.config().setAllowHalfClosure(false);
        } catch (IOException | NotYetConnectedException e) {
            channel.shutdownOutput(); // the other side is gone, and Netty knows what to do
        }
    }

    /** Whether a channel that has closed by itself did so because both directions have ended. */
    static boolean hasEnded(Channel channel) {
        return channel instanceof EpollSocketChannel socket
                && !socket.config().isAllowHalfClosure();
    }

    /** What accepted streams are like: as the connected ones. */
    static ServerBootstrap accepting(EventLoop loop) {
        return new ServerBootstrap()
                .group(loop)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
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
