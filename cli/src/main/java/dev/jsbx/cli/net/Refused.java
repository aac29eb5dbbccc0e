package dev.jsbx.cli.net;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.HttpRefusal;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a guest's HTTP connection that is not allowed: a page that says why, and nothing more
 * in either direction. The guest may go on sending for a while, as a reset would take the page from
 * it.
 */
final class Refused extends ChannelDuplexHandler {
    private static final long LINGER_SECONDS = 5;

    private final byte[] page;
    private ChannelFuture written;

    /**
     * @param host whom the guest wanted, for the page
     */
    Refused(Decision decision, String host, int port) {
        page = HttpRefusal.response(decision, host, port);
    }

    /** Ends a connection by RST. */
    static void reset(ChannelHandlerContext ctx) {
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        written = ctx.writeAndFlush(Unpooled.wrappedBuffer(page));
        ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE); // the host hears no more
        written.addListener(done -> linger(ctx));
    }

    private static void linger(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        if (channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
            duplex.shutdownOutput();
            ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            ctx.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && written.isDone()) {
            ctx.close();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ReferenceCountUtil.release(message);
        if (!promise.isVoid()) {
            written.addListener(done -> promise.trySuccess());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        reset(ctx);
    }
}
