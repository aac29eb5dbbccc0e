package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that follows a redirect, with all its headers, to a host that the secret is not for. */
class RedirectTest {
    private static final String VALUE = "real-secret-value-0123";
    private static final String ELSEWHERE = "www.example.org";

    @TempDir private Path directory;
    private ProxyUnderTest proxy;
    private RawServer first;
    private RawServer second;
    private String header;

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
        second =
                RawServer.tls(
                        proxy.upstreamAuthority.sign(ELSEWHERE),
                        (in, out) -> {
                            second.head(in);
                            RawServer.ok(out, "there");
                        });
        first =
                RawServer.tls(
                        proxy.upstreamAuthority.sign(HOST),
                        (in, out) -> {
                            String key = RawServer.header(first.head(in), "x-api-key");
                            RawServer.write(
                                    out,
                                    "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: https://"
                                            + ELSEWHERE
                                            + "/?key="
                                            + key
                                            + "\r\n\r\n");
                        });
        proxy.to(first.address());
        proxy.secrets.set(
                "token",
                VALUE,
                proxy.here(),
                new Header("x-api-key", "{}"),
                new Replacement(true, true));
        header = "X-Api-Key: " + proxy.secrets.placeholder("token") + "\r\n";
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
        proxy.close();
    }

    private String redirect() throws Exception {
        try (SSLSocket guest = proxy.guest(HOST)) {
            return ask(guest, HOST, "/");
        }
    }

    private String ask(SSLSocket guest, String host, String target) throws Exception {
        RawServer.write(
                guest.getOutputStream(),
                "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + header + "\r\n");
        InputStream in = guest.getInputStream();
        String head = RawServer.readHead(in);
        return head + new String(RawServer.body(in, head));
    }

    private void goElsewhere() {
        proxy.destination = new Destination(List.of(ELSEWHERE, HOST), second.address());
    }

    @Test
    void theSecretIsNotInTheRedirectItself() throws Exception {
        String location = RawServer.header(redirect(), "location");
        assertThat(first.heads.getFirst()).contains(VALUE);
        assertThat(location)
                .isEqualTo("https://" + ELSEWHERE + "/?key=" + "*".repeat(VALUE.length()));
    }

    @Test
    void aHostWithoutSecretsGetsThePlaceholder() throws Exception {
        redirect();
        goElsewhere();
        // Such that the proxy looks at the connection: the secret is for this port of another name.
        proxy.secrets.set(
                "token",
                VALUE,
                List.of(HOST + ":" + second.address().getPort()),
                new Header("x-api-key", "{}"));
        try (SSLSocket guest = proxy.guest(proxy.upstreamAuthority.certificate(), ELSEWHERE)) {
            assertThat(ask(guest, ELSEWHERE, "/")).endsWith("there");
        }
        assertThat(second.heads).singleElement().asString().contains(header).doesNotContain(VALUE);
    }

    @Test
    void aHostWithOtherSecretsGetsNothing() throws Exception {
        redirect();
        goElsewhere();
        String there = ELSEWHERE + ":" + second.address().getPort();
        proxy.secrets.set("other", "another-value", List.of(there), new Header("x-b", "{}"));
        try (SSLSocket guest = proxy.guest(ELSEWHERE)) {
            assertThat(ask(guest, ELSEWHERE, "/"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("token, which is not for " + ELSEWHERE);
        }
        assertThat(second.heads).isEmpty();
    }

    @Test
    void theFirstHostsConnectionDoesNotCarryRequestsForTheSecond() throws Exception {
        redirect();
        try (SSLSocket guest = proxy.guest(HOST)) {
            assertThat(ask(guest, ELSEWHERE, "/")).startsWith("HTTP/1.1 421 ");
        }
        assertThat(first.heads).hasSize(1);
    }
}
