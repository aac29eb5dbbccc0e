package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.host.RelayHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way to the server, opened as the guest's connection begins. Until it is known what the guest
 * wants, what the server says passes as it is: protocols in which it speaks first are not held up.
 */
final class Upstream {
    private static final int CONNECT_TIMEOUT_MS = 30_000;
    private static final int MAX_READ = 128 << 10;
    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private final Channel guest;
    private final Promise<Void> connected;
    private final Early early = new Early();
    private Channel channel;
    private boolean spoken;
    private boolean closed;

    /** Begins to connect, on the guest's event loop. */
    Upstream(Channel guest, Destination to) {
        this.guest = guest;
        connected = guest.eventLoop().newPromise();
        connect(to.address(), to.otherwise());
    }

    private void connect(InetSocketAddress address, Optional<InetSocketAddress> otherwise) {
        ChannelFuture connecting =
                new Bootstrap()
                        .group(guest.eventLoop())
                        .channel(EpollSocketChannel.class)
                        .disableResolver()
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(1024, 16384, MAX_READ))
                        .handler(early)
                        .connect(address);
        channel = connecting.channel();
        connecting.addListener(
                done -> {
                    if (done.isSuccess()) {
                        connected.setSuccess(null);
                    } else if (otherwise.isPresent() && !closed && guest.isActive()) {
                        connect(otherwise.get(), Optional.empty());
                    } else {
                        connected.setFailure(done.cause());
                    }
                });
    }

    /** Passes on what comes before the guest's first word. */
    @Sharable // by the second attempt, once the first is over
    private final class Early extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            spoken = true;
            guest.writeAndFlush((ByteBuf) message);
            if (!guest.isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** Whether the server said something before the guest did. */
    boolean hasSpoken() {
        return spoken;
    }

    Channel channel() {
        return channel;
    }

    /**
     * Joins both sides, whatever they speak.
     *
     * @param watch adds handlers to the guest's side ahead of the relay
     */
    void tunnel(Consumer<ChannelPipeline> watch, Runnable done, Runnable failed) {
        whenConnected(
                () -> {
                    watch.accept(guest.pipeline());
                    guest.pipeline().addLast(new RelayHandler((DuplexChannel) channel, () -> {}));
                    channel.pipeline().addLast(new RelayHandler((DuplexChannel) guest, () -> {}));
                    channel.pipeline().remove(early);
                    channel.config().setAutoRead(true);
                    done.run();
                },
                cause -> failed.run());
    }

    /** What to do when it cannot be connected to. */
    interface Failed {
        void with(Throwable cause);
    }

    /** Calls one of two, on the event loop. */
    void whenConnected(Runnable done, Failed failed) {
        connected.addListener(
                result -> {
                    if (!guest.isActive()) {
                        close();
                    } else if (result.isSuccess()) {
                        done.run();
                    } else {
                        failed.with(result.cause());
                    }
                });
    }

    /** Ends the time in which the server's bytes pass as they are. */
    void takeOver() {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        channel.pipeline().remove(early);
    }

    void close() {
        closed = true;
        channel.close();
    }
}
