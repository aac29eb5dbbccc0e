package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.sniff.Sniffed;

/**
 * Policy and audit log as one connection sees them. Each call writes the decision down before it
 * returns; what cannot be written down is thrown as {@link dev.jsbx.netstack.audit.AuditException},
 * and refused.
 */
public interface FlowJudge {
    /** Decides by the first bytes of a connection that the proxy ends. */
    Decision first(Sniffed sniffed);

    /**
     * Decides a request inside TLS that the proxy ends.
     *
     * @param host whom it is for, which is whom TLS named
     * @param secret the names of the secrets that would be put in; null for none
     */
    Decision request(String method, String host, String path, String secret);

    /**
     * Writes down a request that the proxy refuses by itself.
     *
     * @param reason in words for the log, without a secret
     */
    void refused(String method, String host, String path, String reason);
}
