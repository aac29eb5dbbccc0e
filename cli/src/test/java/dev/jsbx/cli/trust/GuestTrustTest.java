package dev.jsbx.cli.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.tls.CertificateAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestTrustTest {
    @TempDir Path dir;

    @Test
    void opensslFindsTheAuthorityByTheHashOfItsSubject() throws Exception {
        CertificateAuthority.load(dir, List.of("api.example.com"));
        Process openssl =
                new ProcessBuilder(
                                "openssl",
                                "x509",
                                "-hash",
                                "-noout",
                                "-in",
                                dir.resolve("ca.pem").toString())
                        .start();
        String hash =
                new String(openssl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(hash.strip()).isEqualTo(GuestTrust.SUBJECT_HASH);
    }
}
