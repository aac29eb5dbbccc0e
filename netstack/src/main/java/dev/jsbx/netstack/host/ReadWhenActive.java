package dev.jsbx.netstack.host;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Lets the other side of a relay be read once its own channel can be written to. */
final class ReadWhenActive extends ChannelInboundHandlerAdapter {
    private final Channel other;

    ReadWhenActive(Channel other) {
        this.other = other;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        other.config().setAutoRead(true);
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
