package dev.jsbx.cli.proxy;

import dev.jsbx.cli.proxy.Http1Answer.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/** The server's side of an HTTP/1 connection: masks its answers and passes them on. */
final class Http1Upstream extends ChannelInboundHandlerAdapter {
    private final Http1Codecs.Responses decoder;
    private final String host;
    private Http1Guest requests;
    private Channel guest;
    private Channel upstream;
    private RequestHead request;
    private Masker masker = Masker.NONE;
    private Framing framing;
    private boolean begun;
    private boolean closing;
    private boolean upgrading;
    private boolean raw;
    private boolean over;

    Http1Upstream(Http1Codecs.Responses decoder, String host) {
        this.decoder = decoder;
        this.host = host;
    }

    void join(Http1Guest from, Channel to) {
        requests = from;
        guest = to;
    }

    /** A request is about to be sent. */
    void expect(RequestHead head, Needles needles) {
        request = head;
        masker.close();
        masker = new Masker(needles);
        begun = false;
        closing = head.closing;
        decoder.next(head.method.equals("HEAD"));
    }

    /** Whether the guest has been told the beginning of an answer. */
    boolean hasBegun() {
        return begun;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        upstream = ctx.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (raw) {
                write(masker.next((ByteBuf) ReferenceCountUtil.retain(message)));
                return;
            }
            if (message instanceof HttpResponse response) {
                head(response);
            }
            if (message instanceof HttpContent content && !over) {
                content(content);
            }
        } catch (Refused e) {
            fail(e.refusal());
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void head(HttpResponse response) throws Refused {
        if (response.decoderResult().isFailure() || request == null) {
            throw new Refused(Refusal.badGateway(host, "its answer is no HTTP"));
        }
        int status = response.status().code();
        framing = Http1Answer.framing(response, request.method.equals("HEAD"));
        if (status == 101) {
            if (!request.upgrade
                    || !response.headers().containsValue("upgrade", "websocket", true)) {
                throw new Refused(Refusal.badGateway(host, "it changes the protocol unasked"));
            }
            upgrading = true;
        }
        boolean encoded =
                response.headers().contains("content-encoding")
                        && !response.headers().containsValue("content-encoding", "identity", true);
        if (encoded && masker.masks() && framing != Framing.NONE) {
            throw new Refused(
                    Refusal.badGateway(
                            host, "it compresses what must be looked through, though told not to"));
        }
        if (status >= 200) {
            begun = true;
            closing |=
                    framing == Framing.UNTIL_CLOSED
                            || response.headers().containsValue("connection", "close", true);
        }
        write(Http1Answer.head(response, framing, masker, status >= 200 && closing));
    }

    private void content(HttpContent content) throws Refused {
        boolean last = content instanceof LastHttpContent;
        if (content.decoderResult().isFailure()) {
            fail(Refusal.badGateway(host, "its answer is no HTTP"));
            return;
        }
        if (framing != Framing.NONE && begun) {
            body(masker.next(content.content().retain()));
        }
        if (!last) {
            return;
        }
        if (upgrading) {
            raw = true;
            upstream.pipeline().remove(decoder);
            requests.upgraded();
        } else if (begun) {
            body(masker.last());
            if (framing == Framing.CHUNKED) {
                write(Http1Answer.lastChunk(((LastHttpContent) content).trailingHeaders(), masker));
            }
            request = null;
            begun = false;
            guest.flush();
            requests.answered(closing);
        }
    }

    private void body(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            bytes.release();
        } else {
            write(framing == Framing.CHUNKED ? Http1Answer.chunk(guest.alloc(), bytes) : bytes);
        }
    }

    private void write(ByteBuf bytes) {
        guest.write(bytes);
        if (!guest.isWritable()) {
            guest.flush();
            guestWritable(guest.isWritable());
        }
    }

    void guestWritable(boolean writable) {
        upstream.config().setAutoRead(writable);
    }

    // Nothing more may come from this server: what it said cannot be trusted to be what it meant.
    private void fail(Refusal refusal) {
        if (over) {
            return;
        }
        over = true;
        if (request != null && !begun) {
            guest.writeAndFlush(Http1Answer.page(refusal, request.method.equals("HEAD")))
                    .addListener(done -> guest.close());
        } else if (raw || request == null) {
            ByteBuf rest = masker.last();
            guest.writeAndFlush(rest.isReadable() ? rest : Unpooled.EMPTY_BUFFER)
                    .addListener(done -> guest.close());
        } else {
            guest.flush();
            requests.abort();
        }
        upstream.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        guest.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        requests.upstreamWritable();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            ctx.close(); // the decoder tells the end of a body that lasts until here
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(Refusal.badGateway(host, "it closed the connection without an answer"));
        masker.close();
        masker = Masker.NONE;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(Refusal.badGateway(host, "the connection to it broke"));
    }
}
