package dev.jsbx.virtio.vhostuser;

/** A message that breaks the protocol; the connection is closed for it. */
final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProtocolException(String reason) {
        super(reason);
    }
}
