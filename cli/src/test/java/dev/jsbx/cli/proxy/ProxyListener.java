package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.host.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A listener on loopback in the place of the guest's network: a proxy has its connections. */
final class ProxyListener implements AutoCloseable {
    private final EventLoopGroup group = EventLoops.epoll(1);
    private final Channel listener;

    /**
     * @param to asked once per connection
     */
    ProxyListener(SecretProxy proxy, Supplier<Destination> to, FlowJudge judge)
            throws InterruptedException {
        listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        proxy.intercept(to.get(), judge, each -> {})
                                                .orElseThrow()
                                                .accept(channel.pipeline());
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
