package dev.jsbx.netstack.tcp;

/**
 * Who uses a connection. Called on the stack's event loop; may call the connection from within,
 * including {@link TcpConnection#abort}.
 */
public interface TcpHandler {
    /** The handshake is complete. */
    void connected(TcpConnection connection);

    /**
     * There is more to {@link TcpConnection#read}, or the other side has finished. Comes once per
     * batch of frames, not again for what is left unread.
     */
    void readable(TcpConnection connection);

    /** The other side has acknowledged data, so {@link TcpConnection#writable} has grown. */
    void writable(TcpConnection connection);

    /** The connection is over; nothing follows. Data not yet read is gone. */
    void closed(TcpConnection connection, TcpEnd end);
}
