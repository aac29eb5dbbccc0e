package dev.jsbx.cli.proxy;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** Netty's decoders, set to strictness, and what both directions share. */
final class Http1Codecs {
    private static final int MAX_LINE = 32 << 10;
    private static final int MAX_HEAD = 64 << 10;
    private static final int MAX_PIECE = 64 << 10;

    private Http1Codecs() {}

    /** Names of headers, found in any case. */
    static Set<String> names(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Collections.addAll(set, names);
        return set;
    }

    private static HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEAD)
                .setMaxChunkSize(MAX_PIECE)
                .setValidateHeaders(true)
                .setAllowDuplicateContentLengths(false);
    }

    /** The guest's requests. */
    static final class Requests extends HttpRequestDecoder {
        Requests() {
            super(config().setStrictLineParsing(true).setUseRfc9112TransferEncoding(true));
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("both a length and chunks");
        }
    }

    /** The server's responses. */
    static final class Responses extends HttpResponseDecoder {
        private boolean bodiless;

        Responses() {
            super(config());
        }

        /** Tells whether the next response has no body whatever its head says. */
        void next(boolean head) {
            bodiless = head;
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            boolean informational =
                    message instanceof HttpResponse response && response.status().code() < 200;
            return !informational && bodiless || super.isContentAlwaysEmpty(message);
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("both a length and chunks");
        }
    }
}
