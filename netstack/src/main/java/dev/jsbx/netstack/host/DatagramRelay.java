package dev.jsbx.netstack.host;

import dev.jsbx.netstack.FlowEnd;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.PortUnreachableException;

/** One direction of a relay of datagrams. What the peer cannot take at once is dropped. */
final class DatagramRelay extends ChannelInboundHandlerAdapter {
    private final Channel peer;
    private final ActiveFlow active;
    private final Runnable unreachable;

    /** The guest's side. */
    DatagramRelay(Channel peer) {
        this(peer, null, () -> {});
    }

    /**
     * The host's side.
     *
     * @param unreachable tells the guest that nobody listens there
     */
    DatagramRelay(Channel peer, ActiveFlow active, Runnable unreachable) {
        this.peer = peer;
        this.active = active;
        this.unreachable = unreachable;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Object payload = message instanceof ByteBufHolder packet ? packet.content() : message;
        if (peer.isWritable()) {
            peer.write(payload, peer.voidPromise());
        } else {
            io.netty.util.ReferenceCountUtil.release(payload);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        peer.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof PortUnreachableException) {
            unreachable.run();
        }
        if (active != null) {
            active.because(FlowEnd.Reason.UNREACHABLE);
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        peer.close();
    }
}
