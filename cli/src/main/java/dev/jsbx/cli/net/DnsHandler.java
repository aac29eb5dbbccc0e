package dev.jsbx.cli.net;

import dev.jsbx.netstack.dns.DnsResponder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;

/** The gateway's port 53: hands a guest's queries to the responder, and its replies back. */
final class DnsHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private static final int MAX_MESSAGE = 65_535;
    private static final int LENGTH = 2; // RFC 1035 §4.2.2

    private final DnsResponder responder;
    private final boolean tcp;
    private int pending;
    private boolean inputEnded;

    private DnsHandler(DnsResponder responder, boolean tcp) {
        this.responder = responder;
        this.tcp = tcp;
    }

    /** One message a datagram. */
    static void udp(ChannelPipeline pipeline, DnsResponder responder) {
        pipeline.addLast(new DnsHandler(responder, false));
    }

    /** Any number of messages, each behind its length. */
    static void tcp(ChannelPipeline pipeline, DnsResponder responder) {
        pipeline.addLast(new LengthFieldBasedFrameDecoder(MAX_MESSAGE, 0, LENGTH, 0, LENGTH))
                .addLast(new LengthFieldPrepender(LENGTH))
                .addLast(new DnsHandler(responder, true));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
        pending++;
        responder.answer(
                message,
                tcp,
                reply -> {
                    pending--;
                    ctx.writeAndFlush(reply);
                    closeIfOver(ctx);
                });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            closeIfOver(ctx);
        }
    }

    // Replies that are still owed to a guest that asks no more are sent first.
    private void closeIfOver(ChannelHandlerContext ctx) {
        if (inputEnded && pending <= 0) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // what came is no DNS
    }
}
