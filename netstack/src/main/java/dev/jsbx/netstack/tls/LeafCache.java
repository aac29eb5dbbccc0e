package dev.jsbx.netstack.tls;

import dev.jsbx.netstack.tls.CertificateAuthority.Leaf;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Leaves by host, the most recently used ones, each replaced a day before it expires. */
public final class LeafCache {
    private static final int CAPACITY = 256;
    private static final Duration MARGIN = Duration.ofDays(1);

    private final CertificateAuthority authority;
    private final Map<String, Leaf> leaves =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Leaf> eldest) {
                    return size() > CAPACITY;
                }
            };

    public LeafCache(CertificateAuthority authority) {
        this.authority = authority;
    }

    /** The leaf of a host, signed now if need be: about a millisecond. */
    public synchronized Leaf leaf(String host) throws GeneralSecurityException {
        Leaf leaf = leaves.get(host);
        if (leaf == null || leaf.expires().isBefore(Instant.now().plus(MARGIN))) {
            leaf = authority.sign(host);
            leaves.put(host, leaf);
        }
        return leaf;
    }
}
