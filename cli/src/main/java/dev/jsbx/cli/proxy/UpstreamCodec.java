package dev.jsbx.cli.proxy;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.StreamBufferingEncoder;

/** Makes codecs for connections to servers, with {@link UpstreamFrameWriter}. */
final class UpstreamCodec extends Http2FrameCodecBuilder {
    private UpstreamCodec() {}

    /**
     * @param settings told to the server, with the largest list of headers in it
     */
    static Http2FrameCodec of(Http2Settings settings) {
        Http2Connection connection = new DefaultHttp2Connection(false);
        // Streams above what the server allows at once wait.
        Http2ConnectionEncoder encoder =
                new StreamBufferingEncoder(
                        new DefaultHttp2ConnectionEncoder(connection, new UpstreamFrameWriter()));
        DefaultHttp2ConnectionDecoder decoder =
                new DefaultHttp2ConnectionDecoder(
                        connection,
                        encoder,
                        new DefaultHttp2FrameReader(
                                new DefaultHttp2HeadersDecoder(
                                        true, settings.maxHeaderListSize())));
        UpstreamCodec builder = new UpstreamCodec();
        // How often a server resets streams is bounded by how many the guest opens.
        builder.decoderEnforceMaxRstFramesPerWindow(0, 0);
        builder.codec(decoder, encoder);
        return builder.initialSettings(settings).build();
    }
}
