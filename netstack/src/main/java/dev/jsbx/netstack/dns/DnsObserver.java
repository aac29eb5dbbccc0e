package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Decision;

/** Hears of every name that a guest asks for, for the audit log. */
@FunctionalInterface
public interface DnsObserver {
    /** Ignores everything. */
    DnsObserver NONE = (name, type, decision) -> {};

    /**
     * A guest asked; called before the question leaves the host or is answered out of memory. What
     * it throws refuses the question.
     *
     * @param name in the form of {@link dev.jsbx.netstack.policy.HostName}
     * @param type as in {@link DnsType}
     */
    void asked(String name, int type, Decision decision);
}
