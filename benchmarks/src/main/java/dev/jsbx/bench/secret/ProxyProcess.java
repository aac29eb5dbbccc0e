package dev.jsbx.bench.secret;

import dev.jsbx.cli.proxy.Destination;
import dev.jsbx.cli.proxy.SecretProxy;
import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.LeafCache;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A sandbox's proxy behind a listener on loopback, with no policy and no audit log. A process of
 * its own; its first line of output is its port. Trusts upstream whom {@code SSL_CERT_FILE} names.
 */
final class ProxyProcess {
    private ProxyProcess() {}

    /**
     * @param args directory for the proxy's authority; the server's port
     */
    public static void main(String[] args) throws Exception {
        Served.endWithStarter();
        LeafCache leaves =
                new LeafCache(
                        CertificateAuthority.load(Path.of(args[0]), List.of(HttpsServer.BOUND)));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int port = Integer.parseInt(args[1]);
        Destination to =
                new Destination(
                        List.of(HttpsServer.BOUND, HttpsServer.FREE),
                        new InetSocketAddress(loopback, port));
        SecretProxy proxy = new SecretProxy(new BoundSecret(HttpsServer.BOUND, port), () -> leaves);
        Channel listener =
                new ServerBootstrap()
                        .group(EventLoops.epoll(1))
                        .channel(EpollServerSocketChannel.class)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        proxy.intercept(to, new AllAllowed(), each -> {})
                                                .orElseThrow()
                                                .accept(channel.pipeline());
                                    }
                                })
                        .bind(loopback, 0)
                        .sync()
                        .channel();
        System.out.println(((InetSocketAddress) listener.localAddress()).getPort());
        listener.closeFuture().sync();
    }
}
