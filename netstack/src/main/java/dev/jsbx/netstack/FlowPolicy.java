package dev.jsbx.netstack;

/**
 * The gate that every new flow passes: the stack asks, rules and audit log answer.
 *
 * <p>Called on the stack's event loop, once per flow, before the stack has answered the guest with
 * anything and before a byte of the flow has left. It must not block; writing an audit record that
 * fits the page cache is fine. An exception counts as {@link Verdict#drop}, so that a policy that
 * fails lets nothing through.
 *
 * <p>Not asked for: what the stack answers by itself and what therefore never leaves it (ARP, NDP,
 * DHCP, echo to the gateway).
 */
@FunctionalInterface
public interface FlowPolicy {
    /** What is to become of this flow. */
    Verdict decide(Flow flow);
}
