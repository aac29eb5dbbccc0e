package dev.jsbx.bench.secret;

import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's TLS for both ends of a measurement. */
final class Tls {
    private Tls() {}

    /** For a server with a certificate. */
    static SSLContext server(Leaf leaf) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        store.setKeyEntry(
                "leaf", leaf.key(), new char[0], leaf.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** For a client that trusts the certificates in some PEM files. */
    static SSLContext client(List<Path> trusted) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (Path file : trusted) {
            try (InputStream in = Files.newInputStream(file)) {
                store.setCertificateEntry(
                        file.toString(),
                        CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }
}
