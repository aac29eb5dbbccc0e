package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import dev.jsbx.netstack.tls.LeafCache;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS settings for both sides, made once for each host and protocol: TLS 1.2 and 1.3 with
 * BoringSSL, or the JDK's where that does not load. On one event loop.
 */
final class TlsContexts {
    static final String HTTP_2 = "h2";
    static final String HTTP_1 = "http/1.1";

    private static final int CAPACITY = 256;

    private final LeafCache leaves;
    private final TrustManagerFactory trust;
    private final SslProvider provider =
            OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    private final Map<List<String>, SslContext> clients = new LinkedHashMap<>();
    private final Map<Object, SslContext> servers =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Object, SslContext> eldest) {
                    return size() > CAPACITY;
                }
            };

    TlsContexts(LeafCache leaves, TrustManagerFactory trust) {
        this.leaves = leaves;
        this.trust = trust;
    }

    private record ServerKey(Leaf leaf, String protocol) {}

    /**
     * For the guest's side.
     *
     * @param protocol of ALPN that the guest gets; null if it asked for none
     */
    SslContext server(String host, String protocol) throws GeneralSecurityException, SSLException {
        Leaf leaf = leaves.leaf(host);
        ServerKey key = new ServerKey(leaf, protocol);
        SslContext known = servers.get(key);
        if (known == null) {
            known =
                    SslContextBuilder.forServer(leaf.key(), leaf.chain())
                            .sslProvider(provider)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                            .applicationProtocolConfig(
                                    alpn(protocol == null ? List.of() : List.of(protocol)))
                            .build();
            servers.put(key, known);
        }
        return known;
    }

    /**
     * For the server's side: its certificate must be valid for the name, by this host's trust.
     *
     * @param protocols of ALPN to offer, which are those that the guest offered
     */
    SslContext client(List<String> protocols) throws SSLException {
        SslContext known = clients.get(protocols);
        if (known == null) {
            known =
                    SslContextBuilder.forClient()
                            .sslProvider(provider)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .trustManager(trust)
                            .endpointIdentificationAlgorithm("HTTPS")
                            .applicationProtocolConfig(alpn(protocols))
                            .build();
            clients.put(List.copyOf(protocols), known);
        }
        return known;
    }

    /** Of a client's protocols those that the proxy speaks, in a fixed order. */
    static List<String> spoken(List<String> offered) {
        List<String> spoken = new ArrayList<>();
        if (offered.contains(HTTP_2)) {
            spoken.add(HTTP_2);
        }
        if (offered.contains(HTTP_1)) {
            spoken.add(HTTP_1);
        }
        return spoken;
    }

    private static ApplicationProtocolConfig alpn(List<String> protocols) {
        return protocols.isEmpty()
                ? ApplicationProtocolConfig.DISABLED
                : new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        protocols);
    }
}
