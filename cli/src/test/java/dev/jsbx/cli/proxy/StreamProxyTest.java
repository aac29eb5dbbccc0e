package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.secret.SecretBinding.Header;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that go on: events, WebSockets, echoes in pieces, and more than fits in memory. */
class StreamProxyTest {
    private static final String VALUE = "real-secret-value-0123";

    /** Mebibytes each way; a gibibyte with {@code -Djsbx.proxy.mebibytes=1024}. */
    private static final int MEBIBYTES = Integer.getInteger("jsbx.proxy.mebibytes", 64);

    @TempDir private Path directory;
    private ProxyUnderTest proxy;
    private RawServer server;

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        proxy.close();
    }

    private SSLSocket guest(RawServer.Talk talk) throws Exception {
        server = RawServer.tls(proxy.upstreamAuthority.sign(HOST), talk);
        proxy.to(server.address());
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        return proxy.guest(HOST);
    }

    private static String head(String first, String rest) {
        return first + " HTTP/1.1\r\nHost: " + HOST + "\r\n" + rest + "\r\n";
    }

    @Test
    void passesEventsAsTheyCome() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (SSLSocket guest =
                guest(
                        (in, out) -> {
                            server.head(in);
                            RawServer.write(
                                    out,
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                            + "Transfer-Encoding: chunked\r\n\r\n"
                                            + "f\r\ndata: one\r\n\r\n\r\n\r\n");
                            seen.await(60, TimeUnit.SECONDS);
                            RawServer.write(out, "b\r\ndata: two\n\n\r\n0\r\n\r\n");
                        })) {
            RawServer.write(guest.getOutputStream(), head("GET /events", ""));
            InputStream in = new BufferedInputStream(guest.getInputStream());
            assertThat(RawServer.readHead(in)).contains("text/event-stream");
            assertThat(RawServer.line(in)).isEqualTo("f");
            assertThat(RawServer.line(in)).isEqualTo("data: one");
            seen.countDown();
            String rest = new String(in.readNBytes(30), StandardCharsets.ISO_8859_1);
            assertThat(rest).contains("data: two\n\n");
        }
    }

    @Test
    void masksEchoesInAnyFormAndAnyPieces() throws Exception {
        byte[] value = VALUE.getBytes();
        String text =
                "raw "
                        + VALUE
                        + " base64 "
                        + Base64.getEncoder().encodeToString(("user:" + VALUE + "!").getBytes())
                        + " "
                        + Base64.getUrlEncoder().encodeToString((VALUE + "x").getBytes())
                        + " hex "
                        + HexFormat.of().formatHex(value)
                        + HexFormat.of().withUpperCase().formatHex(value)
                        + " almost real-secret-value-012 end real-secret-value";
        for (int piece : new int[] {1, 7, 64, 1000}) {
            try (SSLSocket guest =
                    guest(
                            (in, out) -> {
                                server.head(in);
                                RawServer.write(
                                        out,
                                        "HTTP/1.1 200 "
                                                + VALUE
                                                + "\r\nX-Echo: "
                                                + VALUE
                                                + "\r\nContent-Length: "
                                                + text.length()
                                                + "\r\n\r\n");
                                for (int at = 0; at < text.length(); at += piece) {
                                    RawServer.write(
                                            out,
                                            text.substring(
                                                    at, Math.min(text.length(), at + piece)));
                                }
                            })) {
                RawServer.write(guest.getOutputStream(), head("GET /", ""));
                InputStream in = new BufferedInputStream(guest.getInputStream());
                String head = RawServer.readHead(in);
                String body = new String(RawServer.body(in, head), StandardCharsets.ISO_8859_1);
                assertThat(head + body)
                        .doesNotContain(VALUE)
                        .doesNotContain(HexFormat.of().formatHex(value))
                        .doesNotContain(HexFormat.of().withUpperCase().formatHex(value))
                        .doesNotContain(Base64.getEncoder().encodeToString(value).substring(4, 24));
                assertThat(body)
                        .hasSize(text.length())
                        .endsWith(" almost real-secret-value-012 end real-secret-value");
                server.close();
            }
        }
    }

    @Test
    void refusesAnswersThatCannotBeLookedThrough() throws Exception {
        try (SSLSocket guest =
                guest(
                        (in, out) -> {
                            server.head(in);
                            RawServer.write(
                                    out,
                                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                                            + "Content-Length: 3\r\n\r\nabc");
                        })) {
            RawServer.write(guest.getOutputStream(), head("GET /", ""));
            assertThat(RawServer.readHead(guest.getInputStream())).startsWith("HTTP/1.1 502 ");
        }
    }

    @Test
    void joinsWebSockets() throws Exception {
        try (SSLSocket guest =
                guest(
                        (in, out) -> {
                            server.head(in);
                            RawServer.write(
                                    out,
                                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                            + "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n"
                                            + "\r\nhello "
                                            + VALUE);
                            while (true) {
                                out.write(in.read() + 1);
                                out.flush();
                            }
                        })) {
            RawServer.write(
                    guest.getOutputStream(),
                    head(
                            "GET /socket",
                            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                                    + "Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
            InputStream in = new BufferedInputStream(guest.getInputStream());
            assertThat(RawServer.readHead(in))
                    .startsWith("HTTP/1.1 101 ")
                    .contains("upgrade: websocket");
            assertThat(new String(in.readNBytes(6 + VALUE.length())))
                    .isEqualTo("hello " + "*".repeat(VALUE.length()));
            RawServer.write(guest.getOutputStream(), "HAL");
            assertThat(new String(in.readNBytes(3))).isEqualTo("IBM");
        }
        assertThat(server.heads.getFirst())
                .contains("Connection: Upgrade\r\nUpgrade: websocket\r\n")
                .doesNotContain("permessage-deflate");
    }

    @Test
    void carriesMoreThanFitsInMemory() throws Exception {
        byte[] piece = new byte[1 << 20];
        java.util.Arrays.fill(piece, (byte) 'x');
        long length = (long) MEBIBYTES << 20;
        long[] most = new long[1];
        try (SSLSocket guest =
                guest(
                        (in, out) -> {
                            server.head(in);
                            byte[] buffer = new byte[1 << 16];
                            for (long got = 0; got < length; ) {
                                got += in.read(buffer);
                                most[0] = Math.max(most[0], direct());
                            }
                            RawServer.write(
                                    out,
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                            for (int i = 0; i < MEBIBYTES; i++) {
                                out.write(piece);
                            }
                            out.flush();
                            in.read();
                        })) {
            long before = direct();
            OutputStream out = guest.getOutputStream();
            RawServer.write(out, head("PUT /big", "Content-Length: " + length + "\r\n"));
            for (int i = 0; i < MEBIBYTES; i++) {
                out.write(piece);
            }
            out.flush();
            InputStream in = new BufferedInputStream(guest.getInputStream(), 1 << 16);
            assertThat(RawServer.readHead(in)).startsWith("HTTP/1.1 200 ");
            byte[] buffer = new byte[1 << 16];
            for (long got = 0; got < length; ) {
                int n = in.read(buffer);
                assertThat(n).isPositive();
                got += n;
                most[0] = Math.max(most[0], direct());
            }
            // Netty takes memory in arenas of 4 MiB; without backpressure it would be all.
            assertThat(most[0] - before).isLessThan(60L << 20);
        }
    }

    private static long direct() {
        long nio =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
        return Math.max(0, io.netty.util.internal.PlatformDependent.usedDirectMemory()) + nio;
    }
}
