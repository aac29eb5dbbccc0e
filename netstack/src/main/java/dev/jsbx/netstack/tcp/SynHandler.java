package dev.jsbx.netstack.tcp;

/** Decides on connections that the guest asks for. */
@FunctionalInterface
public interface SynHandler {
    /**
     * A SYN has come and is held: the handler calls {@link TcpConnection#accept}, {@link
     * TcpConnection#refuse} or {@link TcpConnection#ignore}, now or later. Until then the guest
     * hears nothing, and repeats of its SYN change nothing.
     */
    void syn(TcpConnection connection);

    /** The guest took a SYN back that is still held; the connection is gone. */
    default void withdrawn(TcpConnection connection) {}
}
