package dev.jsbx.cli.proxy;

/** How many bytes of request bodies a sandbox may have held at once. On one event loop. */
final class BodyBudget {
    private static final long BYTES = 64L << 20;

    private long used;

    /** Takes some, if there is room. */
    boolean take(int bytes) {
        if (used + bytes > BYTES) {
            return false;
        }
        used += bytes;
        return true;
    }

    void giveBack(int bytes) {
        used -= bytes;
    }
}
