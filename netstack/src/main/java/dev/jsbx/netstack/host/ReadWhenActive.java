package dev.jsbx.netstack.host;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Lets the other side of a relay be read once its own channel can be written to. The other side has
 * a {@link HoldBack} until then.
 */
final class ReadWhenActive extends ChannelInboundHandlerAdapter {
    private final Channel other;

    ReadWhenActive(Channel other) {
        this.other = other;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        ChannelHandlerContext hold = other.pipeline().context(HoldBack.class);
        if (hold != null) {
            ((HoldBack) hold.handler()).letGo(hold);
        }
        ctx.pipeline().remove(this);
    }
}
