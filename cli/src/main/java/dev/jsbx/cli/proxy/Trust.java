package dev.jsbx.cli.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom this host trusts: the file that {@code SSL_CERT_FILE} names, as with OpenSSL, else the
 * system's bundle, else Java's own.
 */
final class Trust {
    private static final List<String> BUNDLES =
            List.of(
                    "/etc/ssl/certs/ca-certificates.crt",
                    "/etc/pki/tls/certs/ca-bundle.crt",
                    "/etc/ssl/cert.pem");

    private Trust() {}

    /**
     * @param environment of this process
     * @throws IOException naming the file that cannot be read
     */
    static TrustManagerFactory ofHost(Map<String, String> environment) throws IOException {
        String named = environment.get("SSL_CERT_FILE");
        if (named != null && !named.isEmpty()) {
            return load(Path.of(named));
        }
        for (String bundle : BUNDLES) {
            if (Files.isReadable(Path.of(bundle))) {
                return load(Path.of(bundle));
            }
        }
        return factory(null);
    }

    /** The certificates of a PEM file, and no others. */
    static TrustManagerFactory load(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int n = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + n++, each);
            }
            return factory(store);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificates that can be read", e);
        }
    }

    private static TrustManagerFactory factory(KeyStore store) throws IOException {
        try {
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IOException("this host's trusted certificates cannot be used", e);
        }
    }
}
