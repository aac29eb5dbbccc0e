package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/** The guest's side of one HTTP/2 stream: decides its request, changes it and passes it on. */
final class Http2GuestStream extends ChannelInboundHandlerAdapter {
    private static final RequestHead EMPTY = new RequestHead("", "", "");

    private enum Body {
        WAITING,
        PASSING,
        COLLECTING,
        DISCARDING
    }

    private final Session session;
    private final Channel connection;
    private final Refusal down;
    private final Queue<Object> waiting = new ArrayDeque<>();
    private Channel guest;
    private Channel stream;
    private Http2UpstreamStream answers;
    private Prepared prepared;
    private BodyCollector collector;
    private Body body = Body.WAITING;
    private boolean headRead;
    private boolean requestOver;

    /**
     * @param connection to the server
     */
    Http2GuestStream(Session session, Channel connection) {
        this.session = session;
        this.connection = connection;
        down = null;
    }

    /** The request is answered by a refusal, as the server cannot be had. */
    Http2GuestStream(Session session, Refusal down) {
        this.session = session;
        this.down = down;
        connection = null;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        guest = ctx.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame frame && !headRead) {
            headRead = true;
            begin(frame);
        } else {
            waiting.add(message);
            drain();
        }
    }

    private void begin(Http2HeadersFrame frame) {
        requestOver = frame.isEndStream();
        guest.config().setAutoRead(false);
        try {
            RequestHead head = read(frame);
            if (down != null) {
                session.refused(head, down);
                throw new Refused(down);
            }
            session.prepare(head)
                    .handle(this::decided)
                    .exceptionally(
                            unexpected -> {
                                guest.close();
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
        return null;
    }

    private RequestHead read(Http2HeadersFrame frame) throws Refused {
        try {
            return Http2Heads.read(frame.headers(), frame.isEndStream());
        } catch (Refused e) {
            session.refused(e.refusal());
            throw e;
        }
    }

    private void proceed(Prepared ready) {
        prepared = ready;
        if (!guest.isActive()) {
            release();
            return;
        }
        answers = new Http2UpstreamStream(this, guest, session.host(), ready.needles());
        new Http2StreamChannelBootstrap(connection)
                .handler(answers)
                .open()
                .addListener(
                        opened -> {
                            if (opened.isSuccess()) {
                                opened((Http2StreamChannel) opened.getNow());
                            } else {
                                answers.close();
                                refuse(
                                        Refusal.badGateway(
                                                session.host(), "it takes no more requests"));
                            }
                        });
    }

    private void opened(Http2StreamChannel upstream) {
        stream = upstream;
        if (!guest.isActive() || prepared == null) {
            release();
            stream.close();
            return;
        }
        if (prepared.step() == null) {
            body = Body.PASSING;
            sendHead(requestOver);
            if (requestOver) {
                release();
            }
        } else {
            if (prepared.head().expects) {
                guest.writeAndFlush(
                        new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100")));
            }
            prepared.head().expects = false;
            collector = new BodyCollector(prepared.step().limit(), session.budget());
            body = Body.COLLECTING;
            if (requestOver) {
                finishCollecting();
            }
        }
        drain();
        guest.config().setAutoRead(true);
    }

    private void sendHead(boolean over) {
        RequestHead head = prepared.head();
        if (head.expects) {
            head.fields.add(new RequestHead.Field("expect", "100-continue"));
        }
        answers.expect(head.method.equals("HEAD"));
        prepared = new Prepared(EMPTY, null, prepared.step(), prepared.filter());
        Http2Headers headers = Http2Heads.write(head);
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, over))
                .addListener(written -> head.close());
    }

    private void drain() {
        while (!waiting.isEmpty() && body != Body.WAITING) {
            Object next = waiting.remove();
            try {
                if (next instanceof Http2DataFrame data) {
                    requestOver |= data.isEndStream();
                    data(data.content(), data.isEndStream());
                } else if (next instanceof Http2HeadersFrame trailers) {
                    requestOver = true;
                    trailers(trailers.headers());
                }
            } catch (Refused e) {
                refuse(e.refusal());
            } finally {
                ReferenceCountUtil.release(next);
            }
        }
    }

    private void data(ByteBuf bytes, boolean last) throws Refused {
        switch (body) {
            case PASSING -> pass(bytes.retain(), last);
            case COLLECTING -> {
                collector.add(bytes);
                if (last) {
                    finishCollecting();
                }
            }
            default -> {
                // The rest of a request that is refused already.
            }
        }
    }

    private void pass(ByteBuf bytes, boolean last) throws Refused {
        ByteBuf out = bytes;
        if (prepared.filter() != null) {
            out = prepared.filter().next(out);
            if (last) {
                prepared.filter().end();
            }
        }
        stream.write(new DefaultHttp2DataFrame(out, last));
        if (last) {
            stream.flush();
            release();
        }
        pace();
    }

    private void trailers(Http2Headers trailers) throws Refused {
        if (body == Body.COLLECTING) {
            finishCollecting(); // which have no place behind a body of known length
        } else if (body == Body.PASSING) {
            stream.writeAndFlush(new DefaultHttp2HeadersFrame(Http2Heads.trailers(trailers), true));
            release();
        }
    }

    private void finishCollecting() {
        try {
            RequestHead head = prepared.head();
            ByteBuf bytes = prepared.step().apply(head, collector.take());
            if (bytes.isReadable() || head.has("content-length")) {
                head.framing = RequestHead.Framing.LENGTH;
                head.length = bytes.readableBytes();
            }
            sendHead(!bytes.isReadable());
            if (bytes.isReadable()) {
                stream.writeAndFlush(new DefaultHttp2DataFrame(bytes, true));
            } else {
                bytes.release();
            }
            release();
        } catch (Refused e) {
            refuse(e.refusal());
        }
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

    /** Answers by a page. */
    private void refuse(Refusal refusal) {
        release();
        body = Body.DISCARDING;
        if (stream != null) {
            answers.forget();
            stream.close();
        }
        if (guest.isActive()) {
            page(refusal);
            guest.config().setAutoRead(true);
            drain();
        }
    }

    /** Writes a whole answer of the proxy's own. */
    void page(Refusal refusal) {
        byte[] page = refusal.page();
        Http2Headers headers =
                new DefaultHttp2Headers()
                        .status(Integer.toString(refusal.status()))
                        .add("content-type", "text/plain; charset=utf-8")
                        .add("content-length", Integer.toString(page.length))
                        .add("cache-control", "no-store");
        guest.write(new DefaultHttp2HeadersFrame(headers));
        guest.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(page), true))
                .addListener(written -> wantNoMore());
    }

    // Not before the page is out: a reset overtakes data, and then is all that the guest gets.
    private void wantNoMore() {
        if (!requestOver && guest.isActive()) {
            guest.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }

    void pace() {
        if (stream != null) {
            guest.config().setAutoRead(stream.isWritable());
        }
    }

    void paceAnswers() {
        if (stream != null) {
            stream.config().setAutoRead(guest.isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset && stream != null) {
            answers.forget();
            stream.writeAndFlush(new DefaultHttp2ResetFrame(reset.errorCode()));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (stream != null) {
            stream.flush();
            pace();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        paceAnswers();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        release();
        if (stream != null) {
            stream.close(); // resets it unless it is over
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
