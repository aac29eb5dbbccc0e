package dev.jsbx.netstack.sniff;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Rule;
import dev.jsbx.netstack.policy.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First bytes of connections: hellos of the JDK's own TLS, requests by hand, and nonsense. */
class SnifferTest {
    private static final Ip SHARED = Ip.parse("93.184.216.34");

    private static byte[] hello(String name) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (name != null) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static Sniffed sniff(byte[] bytes) {
        return Sniffer.sniff(Unpooled.wrappedBuffer(bytes));
    }

    private static Sniffed http(String text) {
        return sniff(text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Optional<Host> name(String text) {
        return Optional.of(new Host.Name(text));
    }

    @Test
    void readsWhatTheJdkSends() throws Exception {
        assertThat(sniff(hello("WWW.example.com")))
                .isEqualTo(
                        new Sniffed.Tls(name("www.example.com"), List.of("h2", "http/1.1"), false));
        assertThat(sniff(hello(null)))
                .isEqualTo(new Sniffed.Tls(Optional.empty(), List.of("h2", "http/1.1"), false));
    }

    @Test
    void waitsForEveryByteOfAHello() throws Exception {
        byte[] hello = hello("www.example.com");
        for (int length = 0; length < hello.length; length++) {
            ByteBuf part = Unpooled.wrappedBuffer(hello, 0, length);
            assertThat(Sniffer.sniff(part)).as("%d bytes", length).isSameAs(Sniffed.MORE);
        }
    }

    @Test
    void joinsAHelloThatIsSpreadOverRecords() throws Exception {
        byte[] hello = hello("www.example.com");
        ByteBuf records = Unpooled.buffer();
        for (int at = 5; at < hello.length; at += 3) {
            int length = Math.min(3, hello.length - at);
            records.writeByte(22)
                    .writeShort(0x0301)
                    .writeShort(length)
                    .writeBytes(hello, at, length);
        }
        assertThat(Sniffer.sniff(records))
                .isInstanceOfSatisfying(
                        Sniffed.Tls.class,
                        tls -> assertThat(tls.server()).isEqualTo(name("www.example.com")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "160301000000",
                "16030100040000000000",
                "16040100",
                "1603017fff01",
                "802e010301",
                "1603010004010fffff"
            })
    void malformedHellosAreSaidToBe(String hex) {
        assertThat(sniff(ByteBufUtil.decodeHexDump(hex))).isInstanceOf(Sniffed.Malformed.class);
    }

    @Test
    void readsRequests() {
        assertThat(http("GET /a?b HTTP/1.1|Host: Example.COM.:8080|X: y||rest"))
                .isEqualTo(
                        new Sniffed.Http(
                                "GET",
                                "/a?b",
                                name("example.com"),
                                8080,
                                false,
                                0,
                                Optional.empty(),
                                0,
                                52));
        assertThat(http("||GET / HTTP/1.0||"))
                .isEqualTo(
                        new Sniffed.Http(
                                "GET",
                                "/",
                                Optional.empty(),
                                0,
                                false,
                                0,
                                Optional.empty(),
                                4,
                                22));
        assertThat(http("GET http://a.example/x HTTP/1.1|Host: a.example||"))
                .isInstanceOfSatisfying(
                        Sniffed.Http.class,
                        http -> {
                            assertThat(http.path()).isEqualTo("/x");
                            assertThat(http.host()).isEqualTo(name("a.example"));
                        });
        assertThat(http("CONNECT a.example:443 HTTP/1.1|Host: a.example:443||"))
                .isInstanceOfSatisfying(
                        Sniffed.Http.class, http -> assertThat(http.port()).isEqualTo(443));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Host: a|Host: b||",
                "GET / HTTP/1.1|Host : a||",
                "GET / HTTP/1.1| Host: a||",
                "GET / HTTP/1.1|Host: a\0.example||",
                "GET / HTTP/1.1|Host: a b||",
                "GET / HTTP/1.1|Host: a:99999||",
                "GET http://a/ HTTP/1.1|Host: b||",
                "CONNECT a:443 HTTP/1.1|Host: b:443||",
                "PRI * HTTP/2.0||SM||",
                "GET / HTTP/1.1|nonsense||",
            })
    void ambiguousRequestsAreMalformed(String text) {
        assertThat(http(text)).isInstanceOf(Sniffed.Malformed.class);
    }

    /** Real servers read all of these as requests, so they may not pass unread. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1 |Host: evil.example||",
                "GET / HTTP/1.01|Host: evil.example||",
                "GET / HTTP/01.1|Host: evil.example||",
                "GET / HTTP/1.2|Host: evil.example||",
                "GET / http/1.1|Host: evil.example||",
                "GET / RTSP/1.0|Host: evil.example||",
                "GET  / HTTP/1.1|Host: evil.example||",
                "GET /a b HTTP/1.1|Host: evil.example||",
                "GET\t/ HTTP/1.1|Host: evil.example||",
                "GET\u001c/\u001cHTTP/1.1|Host: evil.example||",
                "GET / HTTP/1.1\nHost: evil.example\n\n",
                "GET / HTTP/1.1|Host: evil.example\n\n",
                "get /\n",
                "GET /|",
                "GET http://evil.example/|",
                "x / HTTP/1.1 |Host: evil.example||",
                "GET / HTTP/1.1|Content-Length: 1|Content-Length: 1||",
                "GET / HTTP/1.1|Content-Length: 1, 1||",
                "GET / HTTP/1.1|Content-Length: +1||",
                "GET / HTTP/1.1|Content-Length: 1|Transfer-Encoding: chunked||",
                "GET / HTTP/1.1|Transfer-Encoding: chunked|Content-Length: 1||",
                "GET / HTTP/1.1|Transfer-Encoding: gzip, chunked||",
                "GET / HTTP/1.1|Transfer-Encoding: chunked|Transfer-Encoding: chunked||",
                "GET / HTTP/1.1|Transfer-Encoding: \u000bchunked||",
                "GET / HTTP/1.0|Transfer-Encoding: chunked||",
                "GET / HTTP/1.1|A: b\rHost: c||",
                "GET / HTTP/1.1|A: b| c||",
                "GET / HTTP/1.1|: b||",
                "GET evil.example/ HTTP/1.1|Host: evil.example||",
                "GET http://good.example@evil.example/ HTTP/1.1||",
            })
    void whatSomeServerTakesForARequestIsRefused(String text) {
        assertThat(http(text))
                .isInstanceOfSatisfying(
                        Sniffed.Malformed.class, it -> assertThat(it.http()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "|||", "\r", " \t", "|\n|\u000b\u000c", "|||||||||"})
    void blanksBeforeARequestHideNothing(String blanks) {
        assertThat(http(blanks)).isSameAs(Sniffed.MORE);
        assertThat(http(blanks + "GET / HTTP/1.1|Host: evil.example||"))
                .isInstanceOfSatisfying(
                        Sniffed.Http.class,
                        it -> {
                            assertThat(it.host()).isEqualTo(name("evil.example"));
                            assertThat(it.start()).isEqualTo(blanks.replace("|", "--").length());
                        });
    }

    @Test
    void aLongMethodHidesNothing() {
        assertThat(http("M".repeat(300) + " / HTTP/1.1|Host: evil.example||"))
                .isInstanceOfSatisfying(
                        Sniffed.Http.class,
                        it -> assertThat(it.host()).isEqualTo(name("evil.example")));
    }

    @Test
    void whatEndsInItsMiddleIsNoOtherProtocol() {
        for (String text :
                List.of("GET / HTTP/1.1|Host: evil.example", "GET / HTTP/1.1", "GET /")) {
            assertThat(new Sniffer().atEnd(buffer(text))).isInstanceOf(Sniffed.Malformed.class);
        }
        assertThat(new Sniffer().atEnd(buffer("\u0016\u0003\u0001")))
                .isInstanceOf(Sniffed.Malformed.class);
        for (String text : List.of("", "hello", "hello you", "||")) {
            assertThat(new Sniffer().atEnd(buffer(text))).isSameAs(Sniffed.OTHER);
        }
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.wrappedBuffer(
                text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void piecesSayWhatTheWholeSays() throws Exception {
        List<byte[]> streams =
                List.of(
                        hello("www.example.com"),
                        "\r\n\nPOST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1),
                        "EHLO me\r\n".getBytes(StandardCharsets.ISO_8859_1));
        for (byte[] stream : streams) {
            Sniffer sniffer = new Sniffer();
            for (int length = 1; length < stream.length; length++) {
                assertThat(sniffer.look(Unpooled.wrappedBuffer(stream, 0, length)))
                        .isSameAs(Sniffed.MORE);
            }
            assertThat(sniffer.look(Unpooled.wrappedBuffer(stream))).isEqualTo(sniff(stream));
        }
    }

    /** Looking anew at everything would take this some hundred million steps. */
    @Test
    @Timeout(60)
    void bytesThatComeOneByOneAreLookedAtOnce() {
        byte[] head = ("GET / HTTP/1.1\r\nX: " + "x".repeat(30_000)).getBytes(US_ASCII);
        byte[] dribble = new byte[30_000];
        for (int at = 0; at + 6 <= dribble.length; at += 6) { // records of one byte
            byte content = (byte) (at == 0 ? 1 : at == 12 ? 0x40 : 0);
            System.arraycopy(new byte[] {22, 3, 1, 0, 1, content}, 0, dribble, at, 6);
        }
        for (byte[] stream : List.of(head, dribble)) {
            Sniffer sniffer = new Sniffer();
            for (int length = 1; length <= stream.length; length++) {
                Sniffed sniffed = sniffer.look(Unpooled.wrappedBuffer(stream, 0, length));
                assertThat(sniffed == Sniffed.MORE).as("%d bytes", length).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9|",
                "EHLO me|",
                "\0\1\2",
                "\0GET / HTTP/1.1|",
                "GET nothing|",
                "A B C|",
                "*1|$4|PING|",
                "get http|",
                "0032git-upload-pack /project.git\0host=myserver.com\0",
                "INVITE sip:a@b SIP/2.0|",
            })
    void otherProtocolsAreLeftAlone(String text) {
        assertThat(http(text)).isSameAs(Sniffed.OTHER);
    }

    @Test
    void whatIsHeldBackIsBounded() {
        assertThat(http("GET / HTTP/1.1|")).isSameAs(Sniffed.MORE);
        assertThat(http("GET /" + "x".repeat(Sniffer.MAX_BYTES)))
                .isInstanceOf(Sniffed.Malformed.class);
    }

    private static PolicyEngine engine(Mode mode, String... rules) {
        return PolicyEngine.compile(
                new Policy(
                        Optional.of(mode),
                        Stream.of(rules)
                                .map(
                                        text ->
                                                text.startsWith("!")
                                                        ? Rule.of(Action.DENY, text.substring(1))
                                                        : Rule.of(Action.ALLOW, text))
                                .toList(),
                        Map.of()),
                Optional.empty(),
                Optional.empty(),
                HostAddresses.NONE);
    }

    private static boolean seen(PolicyEngine engine, List<String> learned, Sniffed sniffed) {
        Decision atConnect =
                NameCheck.connect(engine, Transport.TCP, learned, SHARED, 443).decision();
        assertThat(atConnect.allowed()).isTrue();
        return NameCheck.seen(engine, atConnect, learned, SHARED, 443, sniffed).allowed();
    }

    @Test
    void everyNameHasToBeAllowed() throws Exception {
        PolicyEngine locked = engine(Mode.LOCKED_DOWN, "good.example");
        List<String> good = List.of("good.example");
        assertThat(seen(locked, good, sniff(hello("good.example")))).isTrue();
        assertThat(seen(locked, good, sniff(hello("evil.example")))).isFalse();
        assertThat(seen(locked, good, sniff(hello(null)))).isFalse();
        assertThat(seen(locked, good, http("GET / HTTP/1.1|Host: GOOD.example.||"))).isTrue();
        assertThat(seen(locked, good, http("GET / HTTP/1.1|Host: evil.example||"))).isFalse();
        assertThat(seen(locked, good, http("GET / HTTP/1.1|Host: 0x7f.1||"))).isFalse();
        assertThat(seen(locked, good, http("GET / HTTP/1.1|Host: a|Host: b||"))).isFalse();
        assertThat(seen(locked, good, Sniffed.OTHER)).isTrue();
        assertThat(
                        NameCheck.connect(locked, Transport.TCP, List.of(), SHARED, 443)
                                .decision()
                                .allowed())
                .isFalse();
        PolicyEngine balanced = engine(Mode.BALANCED, "!evil.example");
        assertThat(seen(balanced, List.of(), sniff(hello("evil.example")))).isFalse();
        assertThat(seen(balanced, List.of(), sniff(hello(null)))).isTrue();
        Host server = new Host.Name("good.example");
        assertThat(NameCheck.fronting(server, new Host.Name("good.example"))).isEmpty();
        assertThat(NameCheck.fronting(server, new Host.Name("evil.example"))).isPresent();
    }

    @Test
    void aRefusalIsReadable() {
        Decision decision = engine(Mode.LOCKED_DOWN).decide(Transport.TCP, "a.example", SHARED, 80);
        assertThat(
                        new String(
                                HttpRefusal.response(decision, "a.example", 80),
                                StandardCharsets.UTF_8))
                .startsWith("HTTP/1.1 403 Forbidden\r\n")
                .endsWith(
                        "\r\n\r\nBlocked by network policy: a.example:80: mode locked-down: No matching"
                                + " allow rule (default deny)\n");
    }

    @FuzzTest
    void anyBytesAreSomething(byte[] bytes) {
        Sniffed sniffed = sniff(bytes);
        if (sniffed == Sniffed.MORE && bytes.length >= Sniffer.MAX_BYTES) {
            throw new AssertionError("held back without bound");
        }
    }

    /** However a guest cuts its bytes, they say the same. */
    @FuzzTest
    void anyPiecesSayWhatTheWholeSays(byte[] bytes) {
        Sniffer sniffer = new Sniffer();
        for (int length = 1; length <= bytes.length; length++) {
            Sniffed piece = sniffer.look(Unpooled.wrappedBuffer(bytes, 0, length));
            if (piece != Sniffed.MORE) {
                Sniffed whole = sniff(bytes);
                boolean same =
                        piece.equals(whole)
                                || piece instanceof Sniffed.Malformed
                                        && whole instanceof Sniffed.Malformed;
                if (!same) {
                    throw new AssertionError(piece + " in pieces, " + whole + " as a whole");
                }
                return;
            }
        }
    }

    @Test
    void anSslV2HelloInPieces() {
        byte[] hello = {(byte) 0x80, 0x2e, 1, 3, 3, 0, 0x15};
        anyPiecesSayWhatTheWholeSays(hello);
        assertThat(sniff(hello)).isInstanceOf(Sniffed.Malformed.class);
    }

    @Test
    void mutationsSayTheSameInPieces() throws Exception {
        Random random = new Random(5);
        List<byte[]> seeds =
                List.of(
                        hello("a.example"),
                        "\r\nPOST http://a.example/x HTTP/1.1\r\nHost: a.example\r\nA: b\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1),
                        "get /x HTTP/1.0\nA: b\n\n".getBytes(StandardCharsets.ISO_8859_1));
        for (int round = 0; round < 400; round++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int change = random.nextInt(4); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            anyPiecesSayWhatTheWholeSays(bytes);
        }
    }
}
