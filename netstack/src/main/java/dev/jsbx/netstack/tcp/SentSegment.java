package dev.jsbx.netstack.tcp;

/** A run of sequence space that was sent at once, until it is acknowledged. Recycled. */
final class SentSegment {
    int seq;

    /** Behind the last, a FIN included. */
    int end;

    /** When it was last sent, in µs. */
    long sentAt;

    /** Whether it was ever sent again. */
    boolean retransmitted;

    /** The receiver has it, though not all before it (RFC 2018). */
    boolean sacked;

    /** Believed lost. */
    boolean lost;

    /** Believed lost, and sent again since. */
    boolean resent;

    SentSegment previous;
    SentSegment next;

    int length() {
        return end - seq;
    }
}
