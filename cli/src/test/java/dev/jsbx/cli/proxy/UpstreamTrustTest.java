package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that does not prove to be the secret's host gets nothing, not even a request. */
class UpstreamTrustTest {
    @TempDir private Path directory;
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private String ask(Leaf leaf, String... protocols) throws Exception {
        try (RawServer server =
                RawServer.tls(leaf, (in, out) -> RawServer.ok(out, "it was " + in.read()))) {
            return ask(server.address(), protocols);
        }
    }

    private String ask(InetSocketAddress server, String... protocols) throws Exception {
        proxy.to(server);
        return askDestination(protocols);
    }

    private String askDestination(String... protocols) throws Exception {
        proxy.secrets.set("token", "real-value", proxy.here(), new Header("x-api-key", "{}"));
        try (SSLSocket guest = proxy.guest(HOST, protocols)) {
            RawServer.write(
                    guest.getOutputStream(), "GET /x HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n");
            String head = RawServer.readHead(guest.getInputStream());
            return head + new String(RawServer.body(guest.getInputStream(), head));
        }
    }

    /** A certificate that signs itself, good until some time from now. */
    private static Leaf selfSigned(String name, Duration until) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        X500Name subject = new X500Name("CN=" + name);
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        subject,
                        BigInteger.TWO,
                        Date.from(Instant.now().minus(Duration.ofDays(9))),
                        Date.from(Instant.now().plus(until)),
                        subject,
                        keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
        X509Certificate certificate =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                builder.build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(keys.getPrivate())));
        return new Leaf(List.of(certificate), keys.getPrivate());
    }

    @Test
    void refusesSelfSignedCertificates() throws Exception {
        for (String[] protocols : new String[][] {{}, {"http/1.1"}}) {
            assertThat(ask(selfSigned(HOST, Duration.ofDays(1)), protocols))
                    .startsWith("HTTP/1.1 502 ")
                    .contains(
                            "jsbx: "
                                    + HOST
                                    + ": its certificate is signed by nobody whom this host"
                                    + " trusts; nothing was sent\n");
        }
        assertThat(proxy.log.getFirst()).startsWith("refused GET " + HOST + "/x ");
    }

    @Test
    void refusesCertificatesOfOthers() throws Exception {
        assertThat(ask(proxy.upstreamAuthority.sign("www.example.com")))
                .startsWith("HTTP/1.1 502 ")
                .contains("its certificate is for another host; nothing was sent\n");
    }

    @Test
    void refusesExpiredCertificates() throws Exception {
        Leaf expired = selfSigned(HOST, Duration.ofDays(-1));
        try (ProxyUnderTest trusting =
                new ProxyUnderTest(directory.resolve("2"), expired.chain().getFirst())) {
            proxy.close();
            proxy = trusting;
            assertThat(ask(expired))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("its certificate has expired; nothing was sent\n");
        }
        proxy = new ProxyUnderTest(directory.resolve("3"));
    }

    @Test
    void saysWhenNobodyIsThere() throws Exception {
        RawServer gone = RawServer.plain((in, out) -> {});
        gone.close();
        assertThat(ask(gone.address()))
                .startsWith("HTTP/1.1 502 ")
                .contains("it cannot be connected to; nothing was sent\n");
    }

    /** As with a service of this host that listens on {@code ::1} only. */
    @Test
    void goesToTheOtherAddressWhereTheFirstRefuses() throws Exception {
        Leaf leaf = proxy.upstreamAuthority.sign(HOST);
        try (RawServer server =
                RawServer.tls(
                        leaf,
                        (in, out) -> {
                            RawServer.readHead(in);
                            RawServer.ok(out, "found");
                        })) {
            InetSocketAddress there = server.address();
            InetSocketAddress nobody = new InetSocketAddress("127.0.0.2", there.getPort());
            proxy.destination = new Destination(List.of(HOST), nobody, Optional.of(there));
            assertThat(askDestination()).endsWith("found");
            proxy.destination = new Destination(List.of(HOST), nobody, Optional.of(nobody));
            assertThat(askDestination()).contains("it cannot be connected to");
        }
    }

    @Test
    void trustsWhomTheHostTrusts() throws Exception {
        CertificateAuthority authority = proxy.upstreamAuthority;
        assertThat(ask(authority.sign(HOST))).endsWith("it was " + (int) 'G');
    }
}
