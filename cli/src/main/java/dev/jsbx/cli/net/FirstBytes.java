package dev.jsbx.cli.net;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.Sniffed;
import dev.jsbx.netstack.sniff.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Holds a guest's first bytes back until they tell whom the connection is for, and then lets them
 * go or ends it. Plain HTTP goes on to {@link HttpConversation}; all else is refused by reset. What
 * the other side says meanwhile passes, and a guest that has said nothing may stay silent.
 */
final class FirstBytes extends ChannelInboundHandlerAdapter {
    /** How long a guest may take to say whom it wants, once it has begun. */
    static final long DEADLINE_SECONDS = 60;

    private final Judge judge;
    private final String host;
    private final int port;
    private final boolean mustSpeak;
    private final Sniffer sniffer = new Sniffer();
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private Future<?> deadline;
    private boolean over;

    /**
     * @param host whom the connection was made to, for the page
     * @param mustSpeak whether silence is ended, too: nobody is there who could speak first
     */
    FirstBytes(Judge judge, String host, int port, boolean mustSpeak) {
        this.judge = judge;
        this.host = host;
        this.port = port;
        this.mustSpeak = mustSpeak;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (mustSpeak && ctx.channel().isActive()) {
            await(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (mustSpeak) {
            await(ctx);
        }
        ctx.fireChannelActive();
    }

    private void await(ChannelHandlerContext ctx) {
        if (deadline == null) {
            deadline =
                    ctx.executor()
                            .schedule(
                                    () -> {
                                        over = true;
                                        Refused.reset(ctx);
                                    },
                                    DEADLINE_SECONDS,
                                    TimeUnit.SECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (over) {
            bytes.release();
            return;
        }
        held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
        Sniffed sniffed = sniffer.look(held);
        if (sniffed == Sniffed.MORE) {
            await(ctx);
        } else {
            decide(ctx, sniffed);
        }
    }

    private void decide(ChannelHandlerContext ctx, Sniffed sniffed) {
        if (sniffed instanceof Sniffed.Http) {
            ctx.pipeline().addAfter(ctx.name(), null, new HttpConversation(judge, host, port));
            letGo(ctx);
            return;
        }
        Decision decision = judge.judge(sniffed);
        if (decision.allowed()) {
            letGo(ctx);
        } else if (sniffed instanceof Sniffed.Malformed malformed && malformed.http()) {
            over = true;
            ctx.pipeline().replace(this, null, new Refused(decision, host, port));
        } else {
            over = true;
            Refused.reset(ctx);
        }
    }

    private void letGo(ChannelHandlerContext ctx) {
        over = true;
        ByteBuf bytes = held;
        held = Unpooled.EMPTY_BUFFER;
        if (bytes.isReadable()) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !over && held.isReadable()) {
            decide(ctx, sniffer.atEnd(held));
        } else if (event == ChannelInputShutdownEvent.INSTANCE && !over && mustSpeak) {
            Refused.reset(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        over = true;
        Refused.reset(ctx);
    }
}
