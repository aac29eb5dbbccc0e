package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.proxy.Http2Peers.Exchange;
import dev.jsbx.cli.secret.Placeholders;
import dev.jsbx.cli.secret.SecretBinding;
import dev.jsbx.cli.secret.SecretBinding.AwsCredential;
import dev.jsbx.cli.secret.SecretBinding.Basic;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import dev.jsbx.cli.secret.SecretStore;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.netstack.tls.CertificateAuthority;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After requests of all kinds, a proxy's process has their secrets in locked memory only. */
class ProxyMemoryTest {
    private static final List<String> DOMAINS = List.of("example.com", "amazonaws.com");
    private static final int ROUNDS = 20;

    @TempDir private Path directory;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final Http2Peers peers = new Http2Peers();
    private Placeholders placeholders;
    private CertificateAuthority authority;
    private RawServer server;
    private Process child;
    private InetSocketAddress http1;
    private InetSocketAddress http2;

    /** Answers once it has all. */
    private final class Answer extends ChannelInboundHandlerAdapter {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            boolean over = false;
            if (message instanceof Http2HeadersFrame frame) {
                frame.headers().forEach(e -> text.append(e.getKey() + ": " + e.getValue() + "\n"));
                over = frame.isEndStream();
            } else if (message instanceof Http2DataFrame frame) {
                text.append(frame.content().toString(StandardCharsets.ISO_8859_1));
                over = frame.isEndStream();
            }
            ReferenceCountUtil.release(message);
            if (over) {
                received.add(text.toString());
                ctx.writeAndFlush(
                        new DefaultHttp2HeadersFrame(
                                new DefaultHttp2Headers().status("200"), true));
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        CertificateAuthority upstream =
                CertificateAuthority.load(directory.resolve("upstream"), DOMAINS);
        authority = CertificateAuthority.load(directory.resolve("jsbx"), DOMAINS);
        Path config = Files.createDirectory(directory.resolve("config"));
        placeholders = Placeholders.in(config, Files.createDirectory(directory.resolve("box")));
        server =
                RawServer.tls(
                        upstream.sign(HOST),
                        (in, out) -> {
                            for (String head = RawServer.readHead(in);
                                    !head.isEmpty();
                                    head = RawServer.readHead(in)) {
                                byte[] body = RawServer.body(in, head);
                                received.add(head + new String(body, StandardCharsets.ISO_8859_1));
                                RawServer.ok(out, "");
                            }
                        });
        InetSocketAddress second = peers.serve(upstream.sign(HOST), Answer::new);
        List<String> hosts =
                List.of(HOST + ":" + server.address().getPort(), HOST + ":" + second.getPort());
        SecretStore store = new SecretStore(config);
        set(store, "header", hosts, false, new Header("x-api-key", "key={};"));
        set(store, "printed", hosts, true, new Header("x-printed", "{}"));
        set(store, "basic", hosts, false, new Basic(Optional.empty()));
        set(store, "replaced", hosts, false, new Replacement(true, true));
        for (AwsCredential.Part part : AwsCredential.Part.values()) {
            set(store, "AWS_" + part, hosts, false, new AwsCredential(part));
        }
        child =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Xmx128m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ProxyChild.class.getName(),
                                directory.toString(),
                                Integer.toString(server.address().getPort()),
                                Integer.toString(second.getPort()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader out = child.inputReader();
        http1 = port(out.readLine());
        http2 = port(out.readLine());
    }

    private static InetSocketAddress port(String line) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(line));
    }

    private void set(
            SecretStore store, String name, List<String> hosts, boolean printed, Injection how)
            throws Exception {
        String value =
                RandomGenerator.getDefault()
                        .ints('a', 'z' + 1)
                        .limit(44)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        values.put(name, value);
        Path file = directory.resolve(name);
        if (printed) {
            Files.writeString(file, value + "\n");
        }
        try (SecretValue locked =
                SecretValue.of(ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)))) {
            store.put(
                    new SecretBinding(
                            name,
                            Optional.empty(),
                            hosts,
                            List.of(how),
                            List.of(),
                            printed ? Optional.of("cat " + file) : Optional.empty(),
                            false),
                    printed ? null : locked);
        }
    }

    @AfterEach
    void stop() throws Exception {
        child.destroyForcibly().waitFor();
        server.close();
        peers.close();
    }

    private String target() {
        return "/v1?key=" + placeholders.of("replaced");
    }

    private String basic() {
        return "Basic "
                + Base64.getEncoder().encodeToString("user:x".getBytes(StandardCharsets.UTF_8));
    }

    private String body() {
        return "token=" + placeholders.of("replaced") + "&rest=" + "x".repeat(3000);
    }

    private void check() throws Exception {
        String text = received.poll(ProxyUnderTest.TIMEOUT_MS, TimeUnit.MILLISECONDS);
        assertThat(text).isNotNull();
        String basic =
                Base64.getEncoder()
                        .encodeToString(
                                ("user:" + values.get("basic")).getBytes(StandardCharsets.UTF_8));
        assertThat(text)
                .contains("key=" + values.get("header") + ";")
                .contains(values.get("printed"))
                .contains("Basic " + basic)
                .contains("/v1?key=" + values.get("replaced"))
                .contains("token=" + values.get("replaced"))
                .doesNotContain(placeholders.of("replaced"));
    }

    private void areInLockedMemoryOnly() throws Exception {
        MemoryScan scan = new MemoryScan(values).of(child.pid());
        assertThat(scan.outside()).isEmpty();
        assertThat(scan.inside()).isPositive();
    }

    private void ask(SSLSocket guest, InputStream in, String first, String headers, String body)
            throws Exception {
        String host = "\r\nHost: " + HOST + ":" + server.address().getPort() + "\r\n";
        RawServer.write(guest.getOutputStream(), first + host + headers + "\r\n" + body);
        assertThat(RawServer.readHead(in)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void http1LeavesNothing() throws Exception {
        try (SSLSocket guest =
                ProxyUnderTest.guest(http1, authority.certificate(), HOST, "http/1.1")) {
            InputStream in = new BufferedInputStream(guest.getInputStream());
            for (int i = 0; i < ROUNDS; i++) {
                ask(
                        guest,
                        in,
                        "POST " + target() + " HTTP/1.1",
                        "Authorization: "
                                + basic()
                                + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                + "Content-Length: "
                                + body().length()
                                + "\r\n",
                        body());
                check();
            }
            areInLockedMemoryOnly();
        }
    }

    @Test
    void http2LeavesNothing() throws Exception {
        Channel connection = peers.connect(http2, HOST, authority.certificate());
        for (int i = 0; i < ROUNDS; i++) {
            Http2Headers head =
                    Http2Peers.head("POST", HOST, target())
                            .add("authorization", basic())
                            .add("content-type", "application/x-www-form-urlencoded");
            Exchange exchange = Exchange.open(connection, head, false);
            exchange.send(body(), true);
            assertThat(exchange.status()).isEqualTo("200");
            check();
        }
        areInLockedMemoryOnly();
        connection.close();
    }

    @Test
    void signingLeavesNothing() throws Exception {
        String scope = placeholders.of("AWS_ACCESS_KEY_ID") + "/20150830/us-east-1/";
        try (SSLSocket guest =
                ProxyUnderTest.guest(http1, authority.certificate(), HOST, "http/1.1")) {
            InputStream in = new BufferedInputStream(guest.getInputStream());
            for (int i = 0; i < ROUNDS; i++) {
                ask(
                        guest,
                        in,
                        "POST / HTTP/1.1",
                        "Authorization: AWS4-HMAC-SHA256 Credential="
                                + scope
                                + "dynamodb/aws4_request, SignedHeaders=host;x-amz-date,"
                                + " Signature=00\r\nX-Amz-Date: 20150830T123600Z\r\n"
                                + "Content-Length: 2\r\n",
                        "{}");
                assertThat(received.poll(ProxyUnderTest.TIMEOUT_MS, TimeUnit.MILLISECONDS))
                        .contains("Credential=" + values.get("AWS_ACCESS_KEY_ID") + "/")
                        .contains(values.get("AWS_SESSION_TOKEN"));
                ask(
                        guest,
                        in,
                        "GET /k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                                + (scope + "s3/aws4_request").replace("/", "%2F")
                                + "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=600"
                                + "&X-Amz-SignedHeaders=host&X-Amz-Signature=00 HTTP/1.1",
                        "",
                        "");
                assertThat(received.poll(ProxyUnderTest.TIMEOUT_MS, TimeUnit.MILLISECONDS))
                        .contains("X-Amz-Security-Token=" + values.get("AWS_SESSION_TOKEN"));
            }
            areInLockedMemoryOnly();
        }
    }
}
