package dev.jsbx.netstack.host;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/**
 * One direction of a relay: what its channel reads, the peer writes. Reading stops while the peer
 * has more than it can write. The end of input ends the peer's output behind the last byte; a
 * broken channel breaks the peer.
 */
public final class RelayHandler extends ChannelInboundHandlerAdapter {
    private final DuplexChannel peer;
    private final Runnable broken;
    private boolean inputEnded;

    /**
     * @param broken called once if the channel breaks rather than ends
     */
    public RelayHandler(DuplexChannel peer, Runnable broken) {
        this.peer = peer;
        this.broken = broken;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        peer.write(message, peer.voidPromise());
        if (!peer.isWritable()) {
            peer.flush();
            if (!peer.isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        peer.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && peer.isActive()) {
            peer.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !inputEnded) {
            endInput((DuplexChannel) ctx.channel());
        }
    }

    private void endInput(DuplexChannel own) {
        inputEnded = true;
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> finish(own));
    }

    /** All input has been written on: the peer's output ends, and with both ends over, all does. */
    private void finish(DuplexChannel own) {
        if (!peer.isOutputShutdown()) {
            finishOutput();
        }
        if (own.isOutputShutdown() && own.isInputShutdown()) {
            closeHost(own);
            closeHost(peer);
        }
    }

    private void finishOutput() {
        switch (peer) {
            case EpollSocketChannel socket -> HostSockets.finishOutput(socket);
            case GuestTcpChannel guest -> guest.doShutdownOutput();
            default -> peer.shutdownOutput();
        }
    }

    /** A guest's channel closes by itself when its FINs have been acknowledged. */
    private static void closeHost(DuplexChannel channel) {
        if (!(channel instanceof GuestTcpChannel)) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        inputEnded = true;
        broken.run();
        reset(peer);
        reset(ctx.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (inputEnded) {
            return;
        }
        if (HostSockets.hasEnded(ctx.channel())) {
            endInput((DuplexChannel) ctx.channel());
        } else if (peer.isOpen()) {
            broken.run();
            reset(peer);
        }
    }

    /** Closes by RST. */
    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
