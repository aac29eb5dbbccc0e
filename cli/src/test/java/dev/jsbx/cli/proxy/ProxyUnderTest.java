package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.Sniffed;
import dev.jsbx.netstack.tls.CertificateAuthority;
import dev.jsbx.netstack.tls.LeafCache;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A proxy on loopback: a listener stands for the guest's side, its connections are for one server
 * under one name.
 */
final class ProxyUnderTest implements AutoCloseable, FlowJudge {
    static final String HOST = "api.example.com";
    static final int TIMEOUT_MS = 60_000;

    final FakeSecrets secrets = new FakeSecrets();
    final List<String> log = new CopyOnWriteArrayList<>();
    final CertificateAuthority upstreamAuthority;
    private final CertificateAuthority authority;
    private final SecretProxy proxy;
    private final ProxyListener listener;
    volatile Destination destination;
    volatile boolean denied;

    ProxyUnderTest(Path directory) throws Exception {
        this(directory, null);
    }

    /**
     * @param trusted upstream; null for the usual authority
     */
    ProxyUnderTest(Path directory, X509Certificate trusted) throws Exception {
        List<String> domains = List.of("example.com", "example.org", "amazonaws.com");
        upstreamAuthority = CertificateAuthority.load(directory.resolve("upstream"), domains);
        authority = CertificateAuthority.load(directory.resolve("jsbx"), domains);
        LeafCache leaves = new LeafCache(authority);
        proxy =
                new SecretProxy(
                        secrets,
                        () -> leaves,
                        Optional.of(
                                trust(
                                        trusted == null
                                                ? upstreamAuthority.certificate()
                                                : trusted)));
        listener = new ProxyListener(proxy, () -> destination, this);
    }

    /** Makes the guest's connections go to a server, under the usual name. */
    ProxyUnderTest to(InetSocketAddress server) {
        destination = new Destination(List.of(HOST), server);
        return this;
    }

    /** A pattern of the usual host at the server's port. */
    List<String> here() {
        return List.of(HOST + ":" + destination.port());
    }

    boolean intercepts(Destination to) {
        return proxy.intercept(to, this, each -> {}).isPresent();
    }

    InetSocketAddress address() {
        return listener.address();
    }

    static TrustManagerFactory trust(X509Certificate certificate)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", certificate);
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    X509Certificate certificate() {
        return authority.certificate();
    }

    Path caFile(Path directory) throws Exception {
        Path file = directory.resolve("guest-trust.pem");
        Files.writeString(file, authority.pem());
        return file;
    }

    /** A guest that trusts the proxy's authority only. */
    SSLSocket guest(String server, String... protocols) throws Exception {
        return guest(authority.certificate(), server, protocols);
    }

    SSLSocket guest(X509Certificate trusted, String server, String... protocols) throws Exception {
        return guest(address(), trusted, server, protocols);
    }

    static SSLSocket guest(
            InetSocketAddress proxy, X509Certificate trusted, String server, String... protocols)
            throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(trusted).getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(proxy, TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(server)));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static final Decision ALLOWED =
            new Decision(true, Decision.Kind.RULE, "allow (test)", "the test says so");
    private static final Decision DENIED =
            new Decision(false, Decision.Kind.RULE, "deny (test)", "the test says so");

    @Override
    public Decision first(Sniffed sniffed) {
        return ALLOWED;
    }

    @Override
    public Decision request(String method, String host, String path, String secret) {
        log.add((denied ? "deny " : "allow ") + method + " " + host + path + " " + secret);
        return denied ? DENIED : ALLOWED;
    }

    @Override
    public void refused(String method, String host, String path, String reason) {
        log.add("refused " + method + " " + host + path + " " + reason);
    }

    @Override
    public void close() {
        listener.close();
    }
}
