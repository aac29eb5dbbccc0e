package dev.jsbx.netstack.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSL is the judge of every certificate. */
class CertificateAuthorityTest {
    @TempDir Path dir;

    @Test
    void opensslAcceptsALeafForItsHostAndNoOther() throws Exception {
        CertificateAuthority authority = CertificateAuthority.load(dir, List.of("api.example.com"));
        assertThat(verify(authority, authority.sign("api.example.com"), "api.example.com"))
                .contains("OK");
        assertThat(verify(authority, authority.sign("api.example.com"), "www.example.com"))
                .contains("hostname mismatch");
    }

    @Test
    void aNameOutsideTheConstraintsIsWorthNothing() throws Exception {
        CertificateAuthority authority = CertificateAuthority.load(dir, List.of("api.example.com"));
        assertThat(verify(authority, authority.sign("bank.example.org"), "bank.example.org"))
                .contains("permitted subtree violation");
    }

    @Test
    void theAuthorityIsKeptPrivateAndFound() throws Exception {
        CertificateAuthority made = CertificateAuthority.load(dir, List.of("a.example"));
        CertificateAuthority found = CertificateAuthority.load(dir, List.of("a.example"));
        assertThat(found.certificate()).isEqualTo(made.certificate());
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(dir.resolve("ca.key"))))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(
                dir.resolve("ca.key"), PosixFilePermissions.fromString("rw-r-----"));
        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.load(dir, List.of("a.example")))
                .withMessageContaining("read by others");
    }

    @Test
    void anAddressIsOutsideTheConstraintsToo() throws Exception {
        CertificateAuthority authority = CertificateAuthority.load(dir, List.of("api.example.com"));
        Path ca = Files.writeString(dir.resolve("trust.pem"), authority.pem());
        Path leaf = dir.resolve("leaf.pem");
        run(
                ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s/k"
                                + " -subj /CN=x -addext subjectAltName=IP:192.0.2.7"
                                + " -addext basicConstraints=critical,CA:FALSE"
                                + " -CA %s -CAkey %s/ca.key -out %s")
                        .formatted(dir, ca, dir, leaf));
        assertThat(run("openssl verify -purpose sslserver -CAfile %s %s".formatted(ca, leaf)))
                .contains("excluded subtree violation");
    }

    @Test
    void guestsOfAFormerCertificateGoOnToTrustWhatItNamed() throws Exception {
        CertificateAuthority former = CertificateAuthority.load(dir, List.of("a.example"));
        CertificateAuthority wider =
                CertificateAuthority.load(dir, List.of("a.example", "b.example"));
        assertThat(wider.certificate()).isNotEqualTo(former.certificate());
        assertThat(verify(former, wider.sign("a.example"), "a.example")).contains("OK");
        assertThat(verify(former, wider.sign("b.example"), "b.example"))
                .contains("permitted subtree violation");
        assertThat(verify(wider, wider.sign("b.example"), "b.example")).contains("OK");
        assertThat(verify(wider, former.sign("a.example"), "a.example")).contains("OK");
        assertThat(CertificateAuthority.load(dir, List.of("a.example")).certificate())
                .isNotEqualTo(wider.certificate());
    }

    @Test
    void firstStartsAtOnceAgree() throws Exception {
        List<Callable<CertificateAuthority>> starts =
                Collections.nCopies(8, () -> CertificateAuthority.load(dir, List.of("a.example")));
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<CertificateAuthority> start : threads.invokeAll(starts)) {
                assertThat(verify(start.get(), start.get().sign("a.example"), "a.example"))
                        .contains("OK");
            }
        }
        CertificateAuthority kept = CertificateAuthority.load(dir, List.of("a.example"));
        assertThat(verify(kept, kept.sign("a.example"), "a.example")).contains("OK");
    }

    @Test
    void anAuthorityForNoDomainIsNotMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateAuthority.load(dir, List.of()));
    }

    @Test
    void anExpiredCertificateIsNamedWithItsCure() throws Exception {
        CertificateAuthority.load(dir, List.of("a.example"));
        CertificateAuthority old =
                CertificateAuthority.make(
                        List.of("a.example"), Instant.now().minus(Duration.ofDays(400)));
        Files.writeString(dir.resolve("ca.pem"), old.pem());
        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.load(dir, List.of("a.example")))
                .withMessageContaining("ca.key is not the key of ca.pem");
        Files.writeString(dir.resolve("ca.key"), old.keyPem());
        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.load(dir, List.of("a.example")))
                .withMessageContaining("ca.pem expired on ")
                .withMessageEndingWith("delete it, and the certificate authority is made anew");
    }

    @Test
    void damageIsNamedWithItsCure() throws Exception {
        CertificateAuthority.load(dir, List.of("a.example"));
        Files.writeString(dir.resolve("ca.pem"), "nothing");
        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.load(dir, List.of("a.example")))
                .withMessageContaining("delete ca.pem and ca.key");
    }

    @Test
    void leavesAreReusedUntilTheyAreOld() throws Exception {
        CertificateAuthority authority =
                CertificateAuthority.make(List.of("a.example"), Instant.now());
        LeafCache cache = new LeafCache(authority);
        assertThat(cache.leaf("a.example")).isSameAs(cache.leaf("a.example"));
        assertThat(cache.leaf("b.a.example")).isNotSameAs(cache.leaf("a.example"));
    }

    private String verify(CertificateAuthority authority, Leaf leaf, String host) throws Exception {
        Path ca = Files.writeString(dir.resolve("trust.pem"), authority.pem());
        Path certificate =
                Files.write(dir.resolve("leaf.der"), leaf.chain().getFirst().getEncoded());
        return run(
                "openssl x509 -inform DER -in %s -out %s/leaf.pem; openssl verify -x509_strict"
                                .formatted(certificate, dir)
                        + " -purpose sslserver -CAfile %s -verify_hostname %s %s/leaf.pem"
                                .formatted(ca, host, dir));
    }

    private static String run(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
