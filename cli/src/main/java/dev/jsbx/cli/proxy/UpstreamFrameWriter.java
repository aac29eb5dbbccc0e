package dev.jsbx.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.Map;

/**
 * Writes frames to a server, heads of requests into memory that is zeroed: Netty's own writer takes
 * it from its pool, where a secret would stay. On one event loop.
 */
final class UpstreamFrameWriter extends DefaultHttp2FrameWriter {
    /** RFC 7541 §5.1, §6.2.3: two lengths and an index; far from what any of them takes. */
    private static final int FIELD_OVERHEAD = 16;

    /** RFC 7541 §6.3: changes of the table's size, which come before the first field. */
    private static final int TABLE_UPDATES = 16;

    /** As many as Netty allows, whose own count stays with its own writer. */
    private static final int MAX_WAITING_ANSWERS = 10_000;

    private final Http2HeadersEncoder hpack;
    private int waitingAnswers;

    UpstreamFrameWriter() {
        this(new DefaultHttp2HeadersEncoder(UpstreamFrameWriter::isSensitive));
    }

    private UpstreamFrameWriter(Http2HeadersEncoder hpack) {
        super(hpack);
        this.hpack = hpack;
    }

    // What is sensitive stays out of the tables of both sides (RFC 7541 §7.1.3).
    private static boolean isSensitive(CharSequence name, CharSequence value) {
        return value instanceof SecretText || name.toString().equals("authorization");
    }

    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx,
            int stream,
            Http2Headers headers,
            int padding,
            boolean over,
            ChannelPromise promise) {
        ByteBuf block = new ZeroingBuf(bound(headers));
        try {
            hpack.encodeHeaders(stream, headers, block);
            return ctx.write(framed(stream, block, over), promise);
        } catch (Http2Exception e) { // more than the server takes
            return promise.setFailure(e);
        } finally {
            block.release();
        }
    }

    /** The same: priorities are history (RFC 9113 §5.3). */
    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean over,
            ChannelPromise promise) {
        return writeHeaders(ctx, stream, headers, padding, over, promise);
    }

    @Override
    public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
        return super.writeSettingsAck(ctx, counted(ctx, promise));
    }

    @Override
    public ChannelFuture writePing(
            ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
        return super.writePing(ctx, ack, data, ack ? counted(ctx, promise) : promise);
    }

    // A server that asks and never reads the answers is to fill no memory (CVE-2019-9512).
    private ChannelPromise counted(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (++waitingAnswers > MAX_WAITING_ANSWERS) {
            ctx.close();
        }
        return promise.unvoid().addListener(written -> waitingAnswers--);
    }

    private static int bound(Http2Headers headers) {
        int size = TABLE_UPDATES;
        for (Map.Entry<CharSequence, CharSequence> each : headers) {
            size += each.getKey().length() + each.getValue().length() + FIELD_OVERHEAD;
        }
        return size;
    }

    // RFC 9113 §6.2, §6.10: one frame of headers, and as many that continue it as are needed.
    private ByteBuf framed(int stream, ByteBuf block, boolean over) {
        int most = maxFrameSize();
        int frames = Math.max(1, (block.readableBytes() + most - 1) / most);
        ByteBuf out =
                new ZeroingBuf(block.readableBytes() + frames * Http2CodecUtil.FRAME_HEADER_LENGTH);
        byte type = Http2FrameTypes.HEADERS;
        do {
            int length = Math.min(block.readableBytes(), most);
            boolean first = type == Http2FrameTypes.HEADERS;
            Http2Flags flags =
                    new Http2Flags()
                            .endOfStream(first && over)
                            .endOfHeaders(length == block.readableBytes());
            out.writeMedium(length).writeByte(type).writeByte(flags.value()).writeInt(stream);
            out.writeBytes(block, length);
            type = Http2FrameTypes.CONTINUATION;
        } while (block.isReadable());
        return out;
    }
}
