package dev.jsbx.virtio.vsock;

/** Operations of a packet, and the flags of SHUTDOWN (virtio 1.2 §5.10.6). */
final class Op {
    static final int REQUEST = 1;
    static final int RESPONSE = 2;
    static final int RST = 3;
    static final int SHUTDOWN = 4;
    static final int RW = 5;
    static final int CREDIT_UPDATE = 6;
    static final int CREDIT_REQUEST = 7;

    /** The sender of a SHUTDOWN will receive nothing more. */
    static final int SHUTDOWN_RCV = 1;

    /** The sender of a SHUTDOWN will send nothing more. */
    static final int SHUTDOWN_SEND = 2;

    static final int SHUTDOWN_BOTH = SHUTDOWN_RCV | SHUTDOWN_SEND;

    private Op() {}
}
