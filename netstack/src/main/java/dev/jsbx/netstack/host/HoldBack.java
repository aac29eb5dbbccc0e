package dev.jsbx.netstack.host;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;

/**
 * Keeps what a host's channel brings until the guest's side can take it. The channel does not read
 * by itself meanwhile, but Netty reads once, unasked, when the peer has ended its output: so there
 * is one message at most.
 */
final class HoldBack extends ChannelInboundHandlerAdapter {
    private final ArrayDeque<Object> held = new ArrayDeque<>(2);
    private boolean ended;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // With what it completes.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ended = true;
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /** Lets all go and steps aside; from now on the channel reads. */
    void letGo(ChannelHandlerContext ctx) {
        if (!held.isEmpty()) {
            for (Object message = held.poll(); message != null; message = held.poll()) {
                ctx.fireChannelRead(message);
            }
            ctx.fireChannelReadComplete();
        }
        if (ended) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        ctx.channel().config().setAutoRead(true);
        ctx.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.forEach(io.netty.util.ReferenceCountUtil::release);
        held.clear();
    }
}
