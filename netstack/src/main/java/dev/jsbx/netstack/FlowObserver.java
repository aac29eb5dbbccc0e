package dev.jsbx.netstack;

/**
 * Follows one flow from its verdict to its end, for accounting and the audit log. Called on the
 * stack's event loop; must not block and must not throw.
 */
public interface FlowObserver {
    /** Ignores everything. */
    FlowObserver NONE = (end) -> {};

    /**
     * Both sides stand: the guest's handshake is complete or, with UDP and ICMP, the first packet
     * is on its way.
     */
    default void established() {}

    /** The flow is over; nothing follows. */
    void closed(FlowEnd end);
}
