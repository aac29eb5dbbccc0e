package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.secret.SecretBinding.Basic;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in HTTP/1.1 requests, against a server that sees every byte. */
class Http1ProxyTest {
    private static final String VALUE = "real-secret-value+/=\"tail";
    private static final String TOKEN = "jsbx-token-placeholder-000000000000";

    @TempDir private Path directory;
    private ProxyUnderTest proxy;
    private RawServer server;

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
        server =
                RawServer.tls(
                        proxy.upstreamAuthority.sign(HOST),
                        (in, out) -> {
                            for (String head = server.head(in);
                                    !head.isEmpty();
                                    head = server.head(in)) {
                                String body =
                                        new String(
                                                RawServer.body(in, head),
                                                StandardCharsets.ISO_8859_1);
                                RawServer.ok(out, "<" + head + body + ">");
                            }
                        });
        proxy.to(server.address());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        proxy.close();
    }

    private String ask(String request) throws Exception {
        try (SSLSocket guest = proxy.guest(HOST)) {
            return ask(guest, request);
        }
    }

    private static String ask(SSLSocket guest, String request) throws Exception {
        RawServer.write(guest.getOutputStream(), request);
        InputStream in = new BufferedInputStream(guest.getInputStream());
        String head = RawServer.readHead(in);
        return head + new String(RawServer.body(in, head), StandardCharsets.ISO_8859_1);
    }

    private static String get(String headers) {
        return "GET /v1/things?x=1 HTTP/1.1\r\nHost: " + HOST + "\r\n" + headers + "\r\n";
    }

    @Test
    void setsTheHeaderWhateverTheGuestSent() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "k={}"));
        ask(get("X-Api-Key: " + TOKEN + "\r\nx-api-key: other\r\nX-Other: kept\r\n"));
        assertThat(server.heads.getFirst())
                .contains("x-api-key: k=" + VALUE + "\r\n")
                .contains("X-Other: kept\r\n")
                .doesNotContain("placeholder")
                .doesNotContain("other\r\n");
        assertThat(proxy.log).containsExactly("allow GET " + HOST + "/v1/things token");
    }

    @Test
    void masksWhatComesBack() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        String answer = ask(get("Accept-Encoding: gzip, br\r\n"));
        assertThat(server.heads.getFirst())
                .contains(VALUE)
                .contains("accept-encoding: identity\r\n")
                .doesNotContain("gzip");
        assertThat(answer).contains("*".repeat(VALUE.length())).doesNotContain("real-secret");
    }

    @Test
    void asksARegistryForNoTokenThatLasts() throws Exception {
        proxy.secrets.set("docker", VALUE, proxy.here(), new Basic(Optional.empty()));
        String basic =
                Base64.getEncoder().encodeToString("user:x".getBytes(StandardCharsets.UTF_8));
        ask(
                "GET /token?account=user&offline%5ftoken=true&service=here&offline_token=1"
                        + " HTTP/1.1\r\nHost: "
                        + HOST
                        + ":"
                        + proxy.destination.port()
                        + "\r\nAuthorization: Basic "
                        + basic
                        + "\r\n\r\n");
        assertThat(server.heads.getLast())
                .startsWith("GET /token?account=user&service=here HTTP/1.1\r\n");
    }

    @Test
    void leavesARegistrysOwnTokenAlone() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Basic(Optional.of("user")));
        ask(get("Authorization: Bearer given-by-the-server\r\n"));
        ask(get(""));
        ask(get("Authorization: Bearer " + TOKEN + "\r\n"));
        assertThat(server.heads.get(0)).contains("Bearer given-by-the-server\r\n");
        assertThat(server.heads.get(1)).contains("Authorization: Basic ");
        assertThat(server.heads.get(2)).contains("Authorization: Basic ");
    }

    @Test
    void putsBasicCredentialsInForGit() throws Exception {
        proxy.secrets.set(
                "token",
                VALUE,
                proxy.here(),
                new Header("Authorization", "Bearer {}"),
                new Basic(Optional.of("x-access-token")));
        ask(
                "GET /me/it.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: "
                        + HOST
                        + "\r\n\r\n");
        String basic = Base64.getEncoder().encodeToString(("me:" + TOKEN).getBytes());
        ask(get("Authorization: Basic " + basic + "\r\n"));
        ask(get("Authorization: Bearer " + TOKEN + "\r\n"));
        String wanted =
                "Authorization: Basic "
                        + Base64.getEncoder()
                                .encodeToString(("x-access-token:" + VALUE).getBytes());
        assertThat(server.heads.get(0)).contains(wanted);
        assertThat(server.heads.get(1)).contains(wanted);
        assertThat(server.heads.get(2)).contains("Authorization: Bearer " + VALUE + "\r\n");
    }

    @Test
    void replacesThePlaceholderWhereDeclared() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Replacement(true, true));
        String body = "{\"key\": \"" + TOKEN + "\", \"more\": 1}";
        ask(
                "POST /v1?key="
                        + TOKEN
                        + " HTTP/1.1\r\nHost: "
                        + HOST
                        + "\r\nX-Token: a "
                        + TOKEN
                        + " b\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
        String sent = VALUE.replace("\"", "\\\"");
        assertThat(server.heads.getFirst())
                .startsWith("POST /v1?key=real-secret-value%2B%2F%3D%22tail HTTP/1.1\r\n")
                .contains("X-Token: a " + VALUE + " b\r\n")
                .contains(
                        "Content-Length: "
                                + (body.length() - TOKEN.length() + sent.length())
                                + "\r\n");
    }

    @Test
    void leavesBodiesThatAreNotDeclared() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Replacement(false, false));
        String answer =
                ask(
                        "POST / HTTP/1.1\r\nHost: "
                                + HOST
                                + "\r\nContent-Type: text/plain\r\nTransfer-Encoding:"
                                + " chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        assertThat(answer).contains("hello>");
        assertThat(ask(get("").replace("x=1", "x=" + TOKEN))).startsWith("HTTP/1.1 403 ");
        assertThat(server.heads).hasSize(1);
    }

    @Test
    void refusesPlaceholdersOfOthers() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        proxy.secrets.set("other", VALUE, List.of("other.example.org"), new Header("x-b", "{}"));
        assertThat(ask(get("X-Api-Key: " + FakeSecrets.FOREIGN + "\r\n")))
                .startsWith("HTTP/1.1 403 ")
                .contains("another sandbox");
        assertThat(ask(get("X-Api-Key: jsbx-other-placeholder-000000000000\r\n")))
                .startsWith("HTTP/1.1 403 ")
                .contains("other, which is not for " + HOST);
        assertThat(server.heads).isEmpty();
        assertThat(proxy.log).allMatch(line -> line.startsWith("refused GET "));
    }

    @Test
    void refusesWhatIsForAnotherHost() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        for (String host : List.of("www.example.org", HOST + ".evil.example", HOST + ":1")) {
            assertThat(ask(get("").replace("Host: " + HOST, "Host: " + host)))
                    .startsWith("HTTP/1.1 421 ");
        }
        assertThat(server.heads).isEmpty();
    }

    @Test
    void refusesWhatCanBeReadInTwoWays() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        String post = "POST / HTTP/1.1\r\nHost: " + HOST + "\r\n";
        for (String request :
                List.of(
                        post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                        post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
                        post + "Content-Length: +4\r\n\r\nabcd",
                        post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                        post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                        post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                        post + "Host: " + HOST + "\r\n\r\n",
                        "GET / HTTP/1.1\r\n\r\n",
                        "GET http://www.example.org/ HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n",
                        "CONNECT " + HOST + ":443 HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n",
                        "TRACE / HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: " + HOST + "\r\nx\0y: 1\r\n\r\n")) {
            assertThat(ask(request)).as(request).startsWith("HTTP/1.1 40");
        }
        assertThat(server.heads).isEmpty();
    }

    @Test
    void sendsNoHeaderThatAValueWithALineEndWouldSplit() throws Exception {
        proxy.secrets.set(
                "token", "a\r\nX-Evil: 1234", proxy.here(), new Header("x-api-key", "{}"));
        assertThat(ask(get(""))).startsWith("HTTP/1.1 502 ").contains("no header can carry");
        assertThat(server.heads).isEmpty();
    }

    @Test
    void doesNotOfferHttp2Upgrades() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        ask(
                get(
                        "Connection: Upgrade, HTTP2-Settings, x-api-key\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"));
        assertThat(server.heads.getFirst())
                .doesNotContainIgnoringCase("upgrade")
                .doesNotContainIgnoringCase("settings")
                .contains("x-api-key: " + VALUE);
    }

    @Test
    void takesRotationAndRemovalAtOnce() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        try (SSLSocket guest = proxy.guest(HOST, "http/1.1")) {
            ask(guest, get(""));
            proxy.secrets.late = true;
            proxy.secrets.set(
                    "token", "rotated-value", proxy.here(), new Header("x-api-key", "{}"));
            ask(guest, get(""));
            proxy.secrets.remove("token");
            ask(guest, get("X-Api-Key: mine\r\n"));
        }
        assertThat(server.heads.get(0)).contains(VALUE);
        assertThat(server.heads.get(1)).contains("x-api-key: rotated-value\r\n");
        assertThat(server.heads.get(2)).contains("X-Api-Key: mine\r\n");
        assertThat(server.connections).hasValue(1);
    }

    @Test
    void policyDecidesEachRequest() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        proxy.denied = true;
        assertThat(ask(get("")))
                .startsWith("HTTP/1.1 403 ")
                .contains("Blocked by network policy: " + HOST);
        assertThat(server.heads).isEmpty();
    }

    @Test
    void saysWhenAValueCannotBeHad() throws Exception {
        proxy.secrets.set("token", "", proxy.here(), new Header("x-api-key", "{}"));
        assertThat(ask(get("")))
                .startsWith("HTTP/1.1 502 ")
                .contains("the secret token cannot be had: the command failed");
        assertThat(server.heads).isEmpty();
    }

    @Test
    void tunnelsOtherNamesUntouched() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        try (SSLSocket guest =
                proxy.guest(proxy.upstreamAuthority.certificate(), "other.example.com")) {
            ask(guest, get("X-Api-Key: " + TOKEN + "\r\n"));
        }
        assertThat(server.heads.getFirst()).contains("X-Api-Key: " + TOKEN + "\r\n");
        assertThat(proxy.log).isEmpty();
    }

    @Test
    void isNotAskedForOtherDestinations() {
        proxy.secrets.set("token", VALUE, List.of("*.example.com"), new Header("x-api-key", "{}"));
        assertThat(proxy.intercepts(to(443, "api.example.com"))).isTrue();
        assertThat(proxy.intercepts(to(443, "www.example.org", "api.example.com"))).isTrue();
        assertThat(proxy.intercepts(to(8443, "api.example.com"))).isFalse();
        assertThat(proxy.intercepts(to(443, "a.b.example.com"))).isFalse();
        assertThat(proxy.intercepts(to(443, "api.example.com.evil.org"))).isFalse();
        assertThat(proxy.intercepts(to(443))).isFalse();
    }

    private static Destination to(int port, String... names) {
        return new Destination(List.of(names), new java.net.InetSocketAddress("127.0.0.1", port));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        proxy.secrets.set("token", VALUE, proxy.here(), new Header("x-api-key", "{}"));
        try (SSLSocket guest = proxy.guest(HOST)) {
            RawServer.write(
                    guest.getOutputStream(),
                    get("X-N: 1\r\n") + get("X-N: 2\r\n") + get("X-N: 3\r\nConnection: close\r\n"));
            String all =
                    new String(guest.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all.indexOf("X-N: 1")).isPositive().isLessThan(all.indexOf("X-N: 2"));
            assertThat(all.indexOf("X-N: 2")).isLessThan(all.indexOf("X-N: 3"));
        }
    }
}
