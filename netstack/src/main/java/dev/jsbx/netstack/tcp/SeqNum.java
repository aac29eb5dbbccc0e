package dev.jsbx.netstack.tcp;

/** Sequence numbers: 32 bits that wrap (RFC 9293 §3.4). {@code a < b} if b is up to 2^31 ahead. */
final class SeqNum {
    private SeqNum() {}

    static boolean lt(int a, int b) {
        return a - b < 0;
    }

    static boolean leq(int a, int b) {
        return a - b <= 0;
    }

    static boolean gt(int a, int b) {
        return a - b > 0;
    }

    static boolean geq(int a, int b) {
        return a - b >= 0;
    }

    static int max(int a, int b) {
        return gt(a, b) ? a : b;
    }

    static int min(int a, int b) {
        return lt(a, b) ? a : b;
    }

    /** Whether {@code start <= s < start + length}, the length as unsigned. */
    static boolean within(int s, int start, int length) {
        return Integer.compareUnsigned(s - start, length) < 0;
    }
}
