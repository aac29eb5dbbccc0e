package dev.jsbx.cli.net;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.HttpRefusal;
import dev.jsbx.netstack.sniff.Sniffed;
import dev.jsbx.netstack.sniff.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.function.Function;

/**
 * Holds a guest's first bytes back until they tell whom the connection is for, and then lets them
 * go or ends it: plain HTTP with a page that says why, all else by reset. What the other side says
 * meanwhile passes.
 */
final class FirstBytes extends ChannelInboundHandlerAdapter {
    private final Function<Sniffed, Decision> judge;
    private final String host;
    private final int port;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private boolean refused;

    /**
     * @param judge asked once, with what the bytes say; what it throws refuses
     * @param host whom the connection was made to, for the page
     */
    FirstBytes(Function<Sniffed, Decision> judge, String host, int port) {
        this.judge = judge;
        this.host = host;
        this.port = port;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (refused) {
            bytes.release();
            return;
        }
        held = held.isReadable() ? Unpooled.wrappedBuffer(held, bytes) : bytes;
        Sniffed sniffed = Sniffer.sniff(held);
        if (sniffed != Sniffed.MORE) {
            decide(ctx, sniffed);
        }
    }

    private void decide(ChannelHandlerContext ctx, Sniffed sniffed) {
        Decision decision = judge.apply(sniffed);
        if (decision.allowed()) {
            letGo(ctx);
        } else if (sniffed instanceof Sniffed.Http http) {
            refused = true;
            String named = http.host().map(Object::toString).orElse(host);
            byte[] page = HttpRefusal.response(decision, named, port);
            ctx.writeAndFlush(Unpooled.wrappedBuffer(page))
                    .addListener(ChannelFutureListener.CLOSE);
        } else {
            refused = true;
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ctx.close();
        }
    }

    private void letGo(ChannelHandlerContext ctx) {
        ByteBuf bytes = held;
        held = Unpooled.EMPTY_BUFFER;
        if (bytes.isReadable()) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        }
        ctx.pipeline().remove(this);
    }

    // The guest has said all it will: what is not understood by now is neither TLS nor HTTP.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !refused && held.isReadable()) {
            decide(ctx, Sniffed.OTHER);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refused = true;
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
    }
}
