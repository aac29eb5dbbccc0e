package dev.jsbx.netstack.host;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The event loops that stacks live on. */
public final class EventLoops {
    private EventLoops() {}

    /**
     * A group of epoll event loops on daemon threads; one stack belongs on one of them.
     *
     * @param threads how many loops
     */
    public static MultiThreadIoEventLoopGroup epoll(int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("netstack", true),
                executor ->
                        new RearmingIoHandler(EpollIoHandler.newFactory().newHandler(executor)));
    }
}
