package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.HttpRefusal;
import dev.jsbx.netstack.sniff.Sniffed;
import dev.jsbx.netstack.sniff.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Holds a guest's first bytes until they tell whether a secret's host is meant. If so the
 * connection is ended here, by TLS or, where a secret allows it, by plain HTTP; if not the bytes go
 * their way untouched. The way to the server is opened meanwhile.
 */
final class HelloHandler extends ChannelInboundHandlerAdapter {
    private final Destination to;
    private final FlowJudge judge;
    private final SecretSource source;
    private final CompletableFuture<TlsContexts> contexts;
    private final BodyBudget budget;
    private final Consumer<ChannelPipeline> untouched;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    private Upstream upstream;
    private boolean decided;

    /**
     * @param untouched adds what watches connections that are passed on
     */
    HelloHandler(
            Destination to,
            FlowJudge judge,
            SecretSource source,
            CompletableFuture<TlsContexts> contexts,
            BodyBudget budget,
            Consumer<ChannelPipeline> untouched) {
        this.to = to;
        this.judge = judge;
        this.source = source;
        this.contexts = contexts;
        this.budget = budget;
        this.untouched = untouched;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        upstream = new Upstream(ctx.channel(), to);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        held = held.isReadable() ? Unpooled.wrappedBuffer(held, bytes) : bytes;
        if (decided) {
            return; // on its way already
        }
        Sniffed sniffed = upstream.hasSpoken() ? Sniffed.OTHER : Sniffer.sniff(held);
        if (sniffed != Sniffed.MORE) {
            decide(ctx, sniffed);
        }
    }

    private void decide(ChannelHandlerContext ctx, Sniffed sniffed) {
        decided = true;
        ctx.channel().config().setAutoRead(false);
        Interception interception =
                upstream.hasSpoken()
                        ? null
                        : Interception.of(
                                to, sniffed, source, judge, budget, ctx.channel(), upstream);
        if (interception == null) {
            upstream.tunnel(untouched, () -> letGo(ctx), () -> reset(ctx.channel()));
            return;
        }
        Decision decision = judge.first(sniffed);
        if (!decision.allowed()) {
            refuse(ctx, sniffed, decision);
            return;
        }
        contexts.whenComplete(
                (ready, error) ->
                        ctx.channel()
                                .eventLoop()
                                .execute(() -> intercept(ctx, interception, ready)));
    }

    private void intercept(ChannelHandlerContext ctx, Interception how, TlsContexts ready) {
        if (!ctx.channel().isActive()) {
            upstream.close();
        } else if (ready == null) {
            // Without certificates of its own or of others the proxy can neither end nor check TLS.
            upstream.close();
            reset(ctx.channel());
        } else {
            how.begin(ready, () -> letGo(ctx), () -> reset(ctx.channel()));
        }
    }

    private void refuse(ChannelHandlerContext ctx, Sniffed sniffed, Decision decision) {
        upstream.close();
        if (sniffed instanceof Sniffed.Http http) {
            String named = http.host().map(Object::toString).orElse(to.names().getFirst());
            byte[] page = HttpRefusal.response(decision, named, to.port());
            ctx.writeAndFlush(Unpooled.wrappedBuffer(page))
                    .addListener(ChannelFutureListener.CLOSE);
        } else {
            reset(ctx.channel());
        }
    }

    private void letGo(ChannelHandlerContext ctx) {
        ByteBuf bytes = held;
        held = Unpooled.EMPTY_BUFFER;
        if (bytes.isReadable()) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        }
        upstream = null;
        Channel channel = ctx.channel();
        ctx.pipeline().remove(this);
        channel.config().setAutoRead(true);
    }

    private static void reset(Channel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    // The guest has said all it will: what is not understood by now is neither TLS nor HTTP.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !decided) {
            if (held.isReadable()) {
                decide(ctx, Sniffed.OTHER);
            } else {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (upstream != null) {
            upstream.close();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.release();
        held = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        upstream.close();
        reset(ctx.channel());
    }
}
