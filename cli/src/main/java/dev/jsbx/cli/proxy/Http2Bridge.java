package dev.jsbx.cli.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Supplier;

/**
 * Joins the guest's HTTP/2 connection with one to the server (RFC 9113), stream by stream. Windows
 * are given back only as the other side takes what came, so that a slow reader holds up a fast
 * writer, and what lies here is at most a connection's window.
 */
final class Http2Bridge {
    private static final int MAX_STREAMS = 128;
    private static final int MAX_HEADERS = 64 << 10;
    private static final int STREAM_WINDOW = 1 << 20;
    private static final int CONNECTION_WINDOW = 8 << 20;

    private Http2Bridge() {}

    /** Passes each stream on. */
    static void join(Session session, Channel guest, Channel upstream) {
        addClient(guest, upstream);
        addServer(guest, () -> new Http2GuestStream(session, upstream));
        guest.pipeline().addLast(new GuestEnd(session, upstream));
    }

    /** Answers each stream by a refusal. */
    static void down(Session session, Channel guest, Refusal refusal) {
        addServer(guest, () -> new Http2GuestStream(session, refusal));
        guest.pipeline().addLast(new GuestEnd(session, null));
    }

    private static void addServer(Channel guest, Supplier<ChannelHandler> streams) {
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(
                                Http2Settings.defaultSettings()
                                        .maxConcurrentStreams(MAX_STREAMS)
                                        .maxHeaderListSize(MAX_HEADERS)
                                        .initialWindowSize(STREAM_WINDOW))
                        .build();
        guest.pipeline().addLast(codec).addLast(new Http2MultiplexHandler(each(streams)));
        widen(codec);
    }

    private static void addClient(Channel guest, Channel upstream) {
        Http2FrameCodec codec =
                UpstreamCodec.of(
                        Http2Settings.defaultSettings()
                                .pushEnabled(false)
                                .maxHeaderListSize(MAX_HEADERS)
                                .initialWindowSize(STREAM_WINDOW));
        // A server that opens streams of its own was told not to.
        Supplier<ChannelHandler> none = Close::new;
        upstream.pipeline()
                .addLast(codec)
                .addLast(new Http2MultiplexHandler(each(none)))
                .addLast(new UpstreamEnd(guest));
        widen(codec);
    }

    private static final class Close extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.close();
        }
    }

    private static ChannelInitializer<Channel> each(Supplier<ChannelHandler> streams) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(streams.get());
            }
        };
    }

    private static void widen(Http2FrameCodec codec) {
        try {
            codec.connection()
                    .local()
                    .flowController()
                    .incrementWindowSize(codec.connection().connectionStream(), CONNECTION_WINDOW);
        } catch (Http2Exception e) {
            throw new AssertionError("a window of 8 MiB is within RFC 9113 §6.9.1", e);
        }
    }

    /** The end of the guest's connection is the end of the server's. */
    private static final class GuestEnd extends ChannelInboundHandlerAdapter {
        private final Session session;
        private final Channel upstream;

        GuestEnd(Session session, Channel upstream) {
            this.session = session;
            this.upstream = upstream;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message); // frames of the connection are the codec's
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE
                    || event instanceof SslCloseCompletionEvent) {
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (upstream != null) {
                upstream.close();
            }
            session.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** The end of the server's connection is the end of the guest's. */
    private static final class UpstreamEnd extends ChannelInboundHandlerAdapter {
        private final Channel guest;

        UpstreamEnd(Channel guest) {
            this.guest = guest;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2GoAwayFrame away) {
                guest.writeAndFlush(new DefaultHttp2GoAwayFrame(away.errorCode()));
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslCloseCompletionEvent) {
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            guest.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER)
                    .addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
