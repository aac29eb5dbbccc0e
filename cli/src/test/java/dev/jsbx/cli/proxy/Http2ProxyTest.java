package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.cli.proxy.Http2Peers.Exchange;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in HTTP/2 requests, gRPC's among them. */
class Http2ProxyTest {
    private static final String VALUE = "real-secret-value+/=\"tail";
    private static final String TOKEN = "jsbx-token-placeholder-000000000000";

    @TempDir private Path directory;
    private final Http2Peers peers = new Http2Peers();
    private final List<Http2Headers> heads = new CopyOnWriteArrayList<>();
    private ProxyUnderTest proxy;
    private Channel connection;

    /** Tells what it got: the head, then each piece as it comes, then trailers. */
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2HeadersFrame frame) {
                heads.add(frame.headers());
                if (frame.headers().status() == null && frame.headers().method() != null) {
                    begin(ctx, frame);
                } else {
                    trailers(ctx);
                }
            } else if (message instanceof Http2DataFrame frame) {
                ctx.writeAndFlush(new DefaultHttp2DataFrame(frame.content().retain(), false));
                if (frame.isEndStream()) {
                    trailers(ctx);
                }
            }
            ReferenceCountUtil.release(message);
        }

        private void begin(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
            ctx.write(
                    new DefaultHttp2HeadersFrame(
                            new DefaultHttp2Headers()
                                    .status("200")
                                    .add(
                                            "x-echo",
                                            String.valueOf(frame.headers().get("x-api-key")))));
            StringBuilder text = new StringBuilder();
            for (Map.Entry<CharSequence, CharSequence> each : frame.headers()) {
                text.append(each.getKey()).append(": ").append(each.getValue()).append('\n');
            }
            ctx.writeAndFlush(
                    new DefaultHttp2DataFrame(
                            Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), false));
            if (frame.isEndStream()) {
                trailers(ctx);
            }
        }

        private void trailers(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(
                    new DefaultHttp2HeadersFrame(
                            new DefaultHttp2Headers().add("grpc-status", "0"), true));
        }
    }

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
        proxy.to(peers.serve(proxy.upstreamAuthority.sign(HOST), Echo::new));
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("X-Api-Key", "{}"));
        connection = peers.connect(proxy.address(), HOST, proxy.certificate());
    }

    @AfterEach
    void stop() {
        peers.close();
        proxy.close();
    }

    private Exchange get(Http2Headers headers) throws Exception {
        return Exchange.open(connection, headers, true);
    }

    private static Http2Headers head(String path) {
        return Http2Peers.head("GET", HOST, path);
    }

    @Test
    void putsTheSecretInAndMasksWhatComesBack() throws Exception {
        Exchange exchange = get(head("/v1?x=1").add("x-api-key", TOKEN).add("x-other", "kept"));
        assertThat(exchange.status()).isEqualTo("200");
        assertThat(exchange.text())
                .contains("x-api-key: " + "*".repeat(VALUE.length()))
                .contains("x-other: kept")
                .doesNotContain("placeholder");
        assertThat(exchange.head.join().get("x-echo").toString()).startsWith("***");
        assertThat(heads.getFirst().getAll("x-api-key")).hasToString("[" + VALUE + "]");
        assertThat(proxy.log).containsExactly("allow GET " + HOST + "/v1 token");
    }

    @Test
    void continuesHeadsOfManyFrames() throws Exception {
        Exchange exchange = get(large(40));
        assertThat(exchange.status()).isEqualTo("200");
        assertThat(exchange.text()).contains("x-large-39: " + "x".repeat(1000));
        assertThat(heads.getFirst().getAll("x-api-key")).hasToString("[" + VALUE + "]");
    }

    @Test
    void endsAStreamWhoseHeadIsTooLargeForTheServer() throws Exception {
        assertThat(get(head("/")).status()).isEqualTo("200"); // its settings are known
        Exchange exchange = get(large(50));
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(exchange::status);
        assertThat(get(head("/")).status()).isEqualTo("200");
        assertThat(heads).hasSize(2);
    }

    private static Http2Headers large(int kilobytes) {
        Http2Headers headers = head("/large");
        for (int i = 0; i < kilobytes; i++) {
            headers.add("x-large-" + i, "x".repeat(1000));
        }
        return headers;
    }

    @Test
    void streamsBothWaysUnbuffered() throws Exception {
        Exchange exchange =
                Exchange.open(
                        connection,
                        Http2Peers.head("POST", HOST, "/pkg.Service/Bidi")
                                .add("content-type", "application/grpc")
                                .add("te", "trailers"),
                        false);
        assertThat(exchange.pieces.poll(60, TimeUnit.SECONDS)).contains("te: trailers");
        for (int i = 0; i < 5; i++) {
            exchange.send("message " + i, false);
            assertThat(exchange.pieces.poll(60, TimeUnit.SECONDS)).isEqualTo("message " + i);
        }
        exchange.trailers(new DefaultHttp2Headers().add("x-end", "now"));
        assertThat(exchange.trailers.get(60, TimeUnit.SECONDS).get("grpc-status")).hasToString("0");
        assertThat(heads.getLast().get("x-end")).hasToString("now");
    }

    @Test
    void carriesAHundredStreamsAtOnce() throws Exception {
        List<Exchange> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(
                    Exchange.open(
                            connection,
                            Http2Peers.head("POST", HOST, "/" + i).add("x-n", "" + i),
                            false));
        }
        for (int i = 0; i < 100; i++) {
            all.get(i).send("body " + i, true);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(all.get(i).text())
                    .contains(":path: /" + i + "\n")
                    .contains("x-n: " + i + "\n")
                    .endsWith("body " + i);
        }
        assertThat(heads)
                .hasSize(100)
                .allMatch(each -> each.get("x-api-key").toString().equals(VALUE));
    }

    @Test
    void replacesInBodyAndPath() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Replacement(true, true));
        Exchange exchange =
                Exchange.open(
                        connection,
                        Http2Peers.head("POST", HOST, "/v1?key=" + TOKEN)
                                .add("content-type", "application/x-www-form-urlencoded")
                                .add("content-length", "" + (TOKEN.length() + 2)),
                        false);
        exchange.send("k=" + TOKEN.substring(0, 9), false);
        exchange.send(TOKEN.substring(9), true);
        String escaped = "real-secret-value%2B%2F%3D%22tail";
        assertThat(exchange.text()).endsWith("k=" + "*".repeat(escaped.length()));
        assertThat(heads.getFirst().path()).hasToString("/v1?key=" + escaped);
        assertThat(heads.getFirst().get("content-length")).hasToString("" + (escaped.length() + 2));
    }

    @Test
    void refusesWhatHttp1WouldReadInAnotherWay() throws Exception {
        for (Http2Headers bad :
                List.of(
                        head("/").authority("www.example.org"),
                        head("/").add("host", "www.example.org"),
                        head("/").add("x-a", "b\r\nx-evil: 1"),
                        head("/ HTTP/1.1\r\nx-evil: 1"),
                        head("relative"),
                        head("/").scheme("http"),
                        Http2Peers.head("TRACE", HOST, "/"),
                        head("/").add("x-token", FakeSecrets.FOREIGN))) {
            Exchange exchange = get(bad);
            String outcome;
            try {
                outcome = exchange.status();
            } catch (java.util.concurrent.ExecutionException e) {
                outcome = "400"; // the codec has reset the stream
            }
            assertThat(outcome).as(bad.toString()).startsWith("4");
        }
        assertThat(heads).isEmpty();
        assertThat(get(head("/")).status()).isEqualTo("200"); // the connection lives on
    }

    @Test
    void policyDecidesEachStream() throws Exception {
        assertThat(get(head("/1")).status()).isEqualTo("200");
        proxy.denied = true;
        Exchange exchange = get(head("/2"));
        assertThat(exchange.status()).isEqualTo("403");
        assertThat(exchange.text()).startsWith("Blocked by network policy: ");
        assertThat(heads).hasSize(1);
    }
}
