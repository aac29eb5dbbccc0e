package dev.jsbx.netstack.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
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
        CertificateAuthority wider =
                CertificateAuthority.load(dir, List.of("a.example", "b.example"));
        assertThat(wider.certificate()).isNotEqualTo(made.certificate());
        Files.setPosixFilePermissions(
                dir.resolve("ca.key"), PosixFilePermissions.fromString("rw-r-----"));
        assertThatIOException()
                .isThrownBy(() -> CertificateAuthority.load(dir, List.of("a.example")))
                .withMessageContaining("read by others");
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
