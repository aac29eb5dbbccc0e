package dev.jsbx.netstack.sniff;

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
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
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
                .isEqualTo(new Sniffed.Http("GET", "/a?b", name("example.com"), 8080, 52));
        assertThat(http("||GET / HTTP/1.0||"))
                .isEqualTo(new Sniffed.Http("GET", "/", Optional.empty(), 0, 22));
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

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9|", "EHLO me|", "\0\1\2", "GET nothing|", "A B C|"})
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
        Decision atConnect = NameCheck.connect(engine, Transport.TCP, learned, SHARED, 443);
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
        assertThat(NameCheck.connect(locked, Transport.TCP, List.of(), SHARED, 443).allowed())
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
}
