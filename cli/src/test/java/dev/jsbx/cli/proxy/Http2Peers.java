package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** An HTTP/2 server and clients for it, on loops of their own. */
final class Http2Peers implements AutoCloseable {
    private static final ApplicationProtocolConfig ALPN =
            new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "h2");

    /** The largest head that the server takes, in bytes. */
    static final int MAX_HEADERS = 48 << 10;

    private final EventLoopGroup group = EventLoops.epoll(1);
    private Channel listener;

    /** Serves each stream by a handler of its own. */
    InetSocketAddress serve(Leaf leaf, Supplier<ChannelHandler> streams) throws Exception {
        SslContext tls =
                SslContextBuilder.forServer(leaf.key(), leaf.chain())
                        .sslProvider(SslProvider.JDK)
                        .applicationProtocolConfig(ALPN)
                        .build();
        listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .childHandler(
                                initializer(
                                        channel ->
                                                channel.pipeline()
                                                        .addLast(tls.newHandler(channel.alloc()))
                                                        .addLast(
                                                                Http2FrameCodecBuilder.forServer()
                                                                        .initialSettings(settings())
                                                                        .build())
                                                        .addLast(
                                                                new Http2MultiplexHandler(
                                                                        initializer(
                                                                                s ->
                                                                                        s.pipeline()
                                                                                                .addLast(
                                                                                                        streams
                                                                                                                .get()))))))
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        return (InetSocketAddress) listener.localAddress();
    }

    private static Http2Settings settings() {
        return Http2Settings.defaultSettings()
                .initialWindowSize(1 << 20)
                .maxHeaderListSize(MAX_HEADERS);
    }

    private interface Init {
        void with(Channel channel);
    }

    private static ChannelInitializer<Channel> initializer(Init init) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                init.with(channel);
            }
        };
    }

    /** Connects as a guest that trusts a certificate. */
    Channel connect(InetSocketAddress proxy, String host, X509Certificate trusted)
            throws Exception {
        SslContext tls =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(trusted)
                        .applicationProtocolConfig(ALPN)
                        .build();
        CompletableFuture<Channel> ready = new CompletableFuture<>();
        new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .handler(
                        initializer(
                                channel -> {
                                    SslHandler handler = tls.newHandler(channel.alloc(), host, 443);
                                    channel.pipeline()
                                            .addLast(handler)
                                            .addLast(
                                                    Http2FrameCodecBuilder.forClient()
                                                            .initialSettings(settings())
                                                            .validateHeaders(false)
                                                            .build())
                                            .addLast(
                                                    new Http2MultiplexHandler(
                                                            initializer(Channel::close)));
                                    handler.handshakeFuture()
                                            .addListener(
                                                    done -> {
                                                        if (done.isSuccess()) {
                                                            ready.complete(channel);
                                                        } else {
                                                            ready.completeExceptionally(
                                                                    done.cause());
                                                        }
                                                    });
                                }))
                .connect(proxy);
        return ready.get(60, TimeUnit.SECONDS);
    }

    /** One request of a client and what comes back. */
    static final class Exchange extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Http2Headers> head = new CompletableFuture<>();
        final CompletableFuture<String> body = new CompletableFuture<>();
        final CompletableFuture<Http2Headers> trailers = new CompletableFuture<>();
        final LinkedBlockingQueue<String> pieces = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private Channel stream;

        static Exchange open(Channel connection, Http2Headers headers, boolean over)
                throws Exception {
            Exchange exchange = new Exchange();
            exchange.stream =
                    new Http2StreamChannelBootstrap(connection)
                            .handler(exchange)
                            .open()
                            .get(60, TimeUnit.SECONDS);
            exchange.stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, over));
            return exchange;
        }

        void send(String data, boolean over) {
            ByteBuf bytes = Unpooled.copiedBuffer(data, StandardCharsets.ISO_8859_1);
            stream.writeAndFlush(new DefaultHttp2DataFrame(bytes, over));
        }

        void trailers(Http2Headers headers) {
            stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            switch (message) {
                case Http2HeadersFrame frame -> {
                    if (!head.complete(frame.headers())) {
                        trailers.complete(frame.headers());
                    }
                    over(frame.isEndStream());
                }
                case Http2DataFrame frame -> {
                    String piece = frame.content().toString(StandardCharsets.ISO_8859_1);
                    frame.release();
                    text.append(piece);
                    pieces.add(piece);
                    over(frame.isEndStream());
                }
                default -> {
                    // The codec's.
                }
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                IllegalStateException error =
                        new IllegalStateException("reset " + reset.errorCode());
                head.completeExceptionally(error);
                body.completeExceptionally(error);
            }
        }

        private void over(boolean ended) {
            if (ended) {
                body.complete(text.toString());
            }
        }

        String status() throws Exception {
            return head.get(60, TimeUnit.SECONDS).status().toString();
        }

        String text() throws Exception {
            return body.get(60, TimeUnit.SECONDS);
        }
    }

    static Http2Headers head(String method, String host, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .scheme("https")
                .authority(host)
                .path(path);
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close().syncUninterruptibly();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
