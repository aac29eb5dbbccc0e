package dev.jsbx.netstack.tcp;

/** The states of RFC 9293 §3.3.2, and one ahead of them. */
public enum TcpState {
    /** A SYN has come and is neither answered nor refused: somebody still thinks about it. */
    SYN_HELD,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT,
    CLOSED;

    /** Whether the handshake is over and the connection not yet gone. */
    public boolean isSynchronized() {
        return compareTo(ESTABLISHED) >= 0 && this != CLOSED;
    }

    /** Whether data may still come: the other side's FIN has not. */
    boolean mayReceive() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /** Whether data or a FIN may still be sent or sent again. */
    boolean maySend() {
        return switch (this) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }
}
