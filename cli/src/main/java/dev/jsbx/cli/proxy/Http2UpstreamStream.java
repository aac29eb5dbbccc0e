package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;

/** The server's side of one HTTP/2 stream: masks its answer and passes it on. */
final class Http2UpstreamStream extends ChannelInboundHandlerAdapter implements AutoCloseable {
    private final Http2GuestStream requests;
    private final Channel guest;
    private final String host;
    private Masker masker;
    private boolean head;
    private boolean begun;
    private boolean over;

    Http2UpstreamStream(Http2GuestStream requests, Channel guest, String host, Needles needles) {
        this.requests = requests;
        this.guest = guest;
        this.host = host;
        masker = new Masker(needles);
    }

    /** A request is about to be sent. */
    void expect(boolean headOnly) {
        head = headOnly;
    }

    /** Nothing more is passed on. */
    void forget() {
        over = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (over) {
                return;
            }
            switch (message) {
                case Http2HeadersFrame frame when begun -> trailers(frame.headers());
                case Http2HeadersFrame frame -> head(ctx, frame);
                case Http2DataFrame frame -> data(frame);
                default -> {
                    // Windows and priorities are the codec's.
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
        if (over) {
            guest.flush(); // a stream that ends gets no channelReadComplete
        }
    }

    private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        Http2Headers headers = frame.headers();
        CharSequence status = headers.status();
        if (status == null || status.length() != 3) {
            reset(Http2Error.PROTOCOL_ERROR.code());
            return;
        }
        CharSequence encoding = headers.get("content-encoding");
        CharSequence grpc = headers.get("grpc-encoding");
        if (masker.masks()
                && !head
                && !frame.isEndStream()
                && (isCoded(encoding) || isCoded(grpc))) {
            over = true;
            requests.page(
                    Refusal.badGateway(
                            host, "it compresses what must be looked through, though told not to"));
            ctx.close();
            return;
        }
        begun = status.charAt(0) != '1';
        over = frame.isEndStream();
        guest.write(
                new DefaultHttp2HeadersFrame(
                        Http2Heads.masked(headers, masker), frame.isEndStream()));
    }

    private static boolean isCoded(CharSequence encoding) {
        return encoding != null && !encoding.toString().equalsIgnoreCase("identity");
    }

    private void data(Http2DataFrame frame) {
        ByteBuf bytes = masker.next(frame.content().retain());
        over = frame.isEndStream();
        ByteBuf rest = over ? masker.last() : null;
        if (rest == null || !rest.isReadable()) {
            guest.write(new DefaultHttp2DataFrame(bytes, over));
        } else {
            guest.write(new DefaultHttp2DataFrame(bytes, false));
            guest.write(new DefaultHttp2DataFrame(rest, true));
        }
        pace();
    }

    private void trailers(Http2Headers trailers) {
        over = true;
        ByteBuf rest = masker.last();
        if (rest.isReadable()) {
            guest.write(new DefaultHttp2DataFrame(rest, false));
        }
        guest.write(new DefaultHttp2HeadersFrame(Http2Heads.masked(trailers, masker), true));
    }

    private void reset(long code) {
        over = true;
        guest.writeAndFlush(new DefaultHttp2ResetFrame(code));
    }

    private void pace() {
        if (!guest.isWritable()) {
            guest.flush();
        }
        requests.paceAnswers();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset && !over) {
            reset(reset.errorCode());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        guest.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        requests.pace();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over && guest.isActive()) {
            reset(Http2Error.INTERNAL_ERROR.code());
        }
        close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void close() {
        masker.close();
        masker = Masker.NONE;
    }
}
