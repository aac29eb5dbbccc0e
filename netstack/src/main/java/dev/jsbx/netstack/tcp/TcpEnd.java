package dev.jsbx.netstack.tcp;

/** Why a connection is no more. */
public enum TcpEnd {
    /** Both sides sent FIN and both were acknowledged. */
    FINISHED,
    /** The other side sent RST. */
    RESET,
    /** This side gave up by RST. */
    ABORTED,
    /** The other side did not answer. */
    TIMED_OUT,
    /** The SYN was answered by RST. */
    REFUSED
}
