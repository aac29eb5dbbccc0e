package dev.jsbx.cli.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A web server on the host's loopback, with a certificate of an authority of its own, that wants to
 * know who calls and remembers what it was told. Below {@code /repository.git} it is a git server
 * with an empty repository.
 */
final class SecretUpstream implements AutoCloseable {
    /** What the guest calls this host. */
    static final String NAME = "host.jsbx.internal";

    private static final char[] PASSWORD = "password".toCharArray();
    private static final String CAPABILITIES = "0".repeat(40) + " capabilities^{}\0agent=test\n";

    private final HttpsServer server;
    private final Path authority;
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    SecretUpstream(Path directory) throws IOException, GeneralSecurityException {
        authority = directory.resolve("ca.pem");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        server = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(
                        context(CertificateAuthority.load(directory, List.of(NAME)).sign(NAME))));
        server.createContext("/", this::answer);
        server.start();
    }

    private static SSLContext context(Leaf leaf) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("leaf", leaf.key(), PASSWORD, leaf.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String told = exchange.getRequestHeaders().getFirst("Authorization");
        String path = exchange.getRequestURI().getPath();
        heard.add(path + " " + told);
        if (told == null) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
            exchange.sendResponseHeaders(401, -1);
        } else if (path.equals("/repository.git/info/refs")) {
            exchange.getResponseHeaders()
                    .set("Content-Type", "application/x-git-upload-pack-advertisement");
            send(exchange, packet("# service=git-upload-pack\n") + "0000" + packet(CAPABILITIES));
        } else {
            send(exchange, "welcome " + path + "\n");
        }
        exchange.close();
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
        byte[] bytes =
                (text.startsWith("001e") ? text + "0000" : text)
                        .getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    // gitprotocol-common(5): pkt-line.
    private static String packet(String text) {
        return String.format("%04x%s", text.length() + 4, text);
    }

    /** The certificates to trust, for {@code SSL_CERT_FILE}. */
    Path authority() {
        return authority;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** As the guest calls it. */
    String url() {
        return "https://" + NAME + ":" + port();
    }

    /** Paths and what came in {@code Authorization}, in order. */
    List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
