package dev.jsbx.virtio.net;

/** The other end of a network device's wire. */
public interface NetBackend {
    /**
     * A driver is there. From now on one thread of the backend may use the port, until {@link
     * #detached} returns.
     */
    void attached(NetPort port);

    /**
     * The driver is gone, or its memory may go. Returns when no thread of the backend uses the port
     * any more. Also called when nothing is attached.
     */
    void detached();
}
