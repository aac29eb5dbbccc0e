package dev.jsbx.netstack.interop;

import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.NetStack;
import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.TapLink;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.time.Clock;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.function.BiFunction;

/** A stack whose guest is Linux in a namespace. */
public final class TapBed implements AutoCloseable {
    public static final String GUEST = "10.213.0.2";
    public static final String GATEWAY = "10.213.0.1";

    public final Namespace namespace;
    public final MultiThreadIoEventLoopGroup group;
    public final IoEventLoop loop;
    public final NetStack stack;
    public final Clock clock = Clock.system();

    public TapBed(int mtu, FlowPolicy policy) {
        this(mtu, policy, TcpConfig.DEFAULT, (link, clock) -> link);
    }

    /**
     * @param wrap puts something around the link, such as faults
     */
    public TapBed(
            int mtu, FlowPolicy policy, TcpConfig config, BiFunction<Link, Clock, Link> wrap) {
        namespace = Namespace.create();
        group = EventLoops.epoll(1);
        loop = group.next();
        Link link = wrap.apply(TapLink.open(namespace.tap(), mtu), clock);
        Addressing who = Addressing.standard();
        stack = new NetStack(link, who, config, "guest", policy, loop, clock);
        stack.start();
        namespace.adopt(mtu, "52:54:00:00:00:02", GUEST + "/24", GATEWAY);
    }

    @Override
    public void close() {
        stack.close();
        group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
        namespace.close();
    }
}
