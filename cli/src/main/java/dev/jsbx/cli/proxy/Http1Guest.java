package dev.jsbx.cli.proxy;

import dev.jsbx.vmm.linux.LinuxException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The guest's side of an HTTP/1 connection: one request at a time is decided, changed and passed
 * on; what comes meanwhile waits.
 */
final class Http1Guest extends ChannelInboundHandlerAdapter {
    private static final int MAX_WAITING = 64 << 10;

    private enum Body {
        /** No request, or one that is being decided. */
        WAITING,
        PASSING,
        COLLECTING,
        DISCARDING
    }

    private final Session session;
    private final Refusal down;
    private final Channel upstream;
    private final Http1Upstream answers;
    private final Queue<Object> waiting = new ArrayDeque<>();
    private Channel guest;
    private Body body = Body.WAITING;
    private int waitingBytes;
    private boolean busy;
    private boolean requestOver;
    private boolean raw;
    private Prepared prepared;
    private BodyCollector collector;

    /** Requests are passed on to a server. */
    Http1Guest(Session session, Channel upstream, Http1Upstream answers) {
        this.session = session;
        this.upstream = upstream;
        this.answers = answers;
        this.down = null;
    }

    /** Each request is answered by a refusal, as the server cannot be had. */
    Http1Guest(Session session, Refusal down) {
        this.session = session;
        this.upstream = null;
        this.answers = null;
        this.down = down;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        guest = ctx.channel();
        if (answers != null) {
            answers.join(this, guest);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (raw) {
            upstream.write(message);
            pace();
            return;
        }
        waiting.add(message);
        waitingBytes += size(message);
        drain();
        pace();
    }

    private static int size(Object message) {
        return message instanceof HttpContent content ? content.content().readableBytes() : 1024;
    }

    private void drain() {
        while (!waiting.isEmpty()) {
            Object next = waiting.peek();
            boolean ready = next instanceof HttpRequest ? !busy : body != Body.WAITING;
            if (!ready) {
                return;
            }
            waiting.remove();
            waitingBytes -= size(next);
            if (next instanceof HttpRequest request) {
                begin(request);
            }
            if (next instanceof HttpContent content) {
                content(content);
            }
        }
    }

    private void begin(HttpRequest request) {
        busy = true;
        requestOver = false;
        try {
            RequestHead head = read(request);
            if (down != null) {
                session.refused(head, down);
                throw new Refused(down);
            }
            session.prepare(head)
                    .handle(this::decided)
                    .exceptionally(
                            unexpected -> {
                                abort();
                                return null;
                            });
        } catch (Refused e) {
            refuse(e.refusal());
        }
    }

    private Void decided(Prepared ready, Throwable error) {
        if (error == null) {
            proceed(ready);
        } else {
            refuse(Refusal.of(error));
        }
        drain();
        pace();
        return null;
    }

    private RequestHead read(HttpRequest request) throws Refused {
        try {
            return Http1Head.read(request, session.host());
        } catch (Refused e) {
            session.refused(e.refusal());
            throw e;
        }
    }

    private void proceed(Prepared ready) {
        try {
            send(ready);
        } catch (LinuxException e) { // no more memory is locked
            refuse(Refusal.badGateway(session.host(), e.getMessage()));
        }
    }

    private void send(Prepared ready) {
        prepared = ready;
        if (!guest.isActive() || !upstream.isActive()) {
            release();
            abort();
            return;
        }
        if (ready.step() == null) {
            sendHead();
            body = Body.PASSING;
            return;
        }
        if (ready.head().expects) {
            ready.head().expects = false;
            guest.writeAndFlush(
                    Unpooled.copiedBuffer(
                            "HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
        }
        collector = new BodyCollector(ready.step().limit(), session.budget());
        body = Body.COLLECTING;
    }

    private void sendHead() {
        RequestHead head = prepared.head();
        answers.expect(head, prepared.needles());
        upstream.write(Http1Head.write(head));
        head.close();
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        requestOver |= last;
        try {
            if (content.decoderResult().isFailure()) {
                throw new Refused(Refusal.badRequest("its body is no HTTP"));
            }
            switch (body) {
                case PASSING -> pass(content, last);
                case COLLECTING -> collect(content, last);
                default -> {
                    // The rest of a request that is refused already.
                }
            }
        } catch (Refused e) {
            refuse(e.refusal());
        } finally {
            content.release();
        }
        if (last) {
            body = Body.WAITING;
        }
    }

    private void pass(HttpContent content, boolean last) throws Refused {
        ByteBuf bytes = content.content().retain();
        if (prepared.filter() != null) {
            bytes = prepared.filter().next(bytes);
        }
        write(bytes);
        if (last) {
            if (prepared.filter() != null) {
                prepared.filter().end();
            }
            end(((LastHttpContent) content));
        }
    }

    private void write(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            bytes.release();
        } else if (prepared.head().framing == RequestHead.Framing.CHUNKED) {
            upstream.write(Http1Answer.chunk(upstream.alloc(), bytes));
        } else {
            upstream.write(bytes);
        }
    }

    private void end(LastHttpContent last) {
        if (prepared.head().framing == RequestHead.Framing.CHUNKED) {
            upstream.write(Http1Answer.lastChunk(last.trailingHeaders(), Masker.NONE));
        }
        upstream.flush();
        release();
    }

    private void collect(HttpContent content, boolean last) throws Refused {
        collector.add(content.content());
        if (!last) {
            return;
        }
        RequestHead head = prepared.head();
        ByteBuf bytes = prepared.step().apply(head, collector.take());
        if (head.framing != RequestHead.Framing.NONE || bytes.isReadable()) {
            head.framing = RequestHead.Framing.LENGTH;
            head.length = bytes.readableBytes();
        }
        sendHead();
        write(bytes);
        upstream.flush();
        release();
    }

    private void release() {
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
        if (collector != null) {
            collector.close();
            collector = null;
        }
    }

    /** Answers by a page; the connection ends with it. */
    private void refuse(Refusal refusal) {
        release();
        body = Body.DISCARDING;
        if (answers != null && answers.hasBegun()) {
            abort();
            return;
        }
        guest.writeAndFlush(Http1Answer.page(refusal, false))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** The answer is complete: the next request may come. */
    void answered(boolean closing) {
        if (closing || !requestOver) {
            guest.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        busy = false;
        drain();
        pace();
    }

    /** The server speaks another protocol from now on: bytes pass as they are. */
    void upgraded() {
        raw = true;
        guest.pipeline().remove(Http1Codecs.Requests.class);
        pace();
    }

    /** Ends the connection so that the guest does not take what it has got for the whole. */
    void abort() {
        if (guest.isOpen()) {
            guest.close();
        }
    }

    private void pace() {
        boolean read = waitingBytes < MAX_WAITING && (upstream == null || upstream.isWritable());
        guest.config().setAutoRead(read);
    }

    /** The server can take more. */
    void upstreamWritable() {
        pace();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (upstream != null) {
            upstream.flush();
            pace();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (answers != null) {
            answers.guestWritable(ctx.channel().isWritable());
        }
    }

    // A client that says it is through waits for no answer in practice, so neither does the server.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && session.secure()
                || event instanceof SslCloseCompletionEvent) {
            ctx.close();
        } else if (event == ChannelInputShutdownEvent.INSTANCE && !busy) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        release();
        if (upstream != null) {
            upstream.close();
        }
        session.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
