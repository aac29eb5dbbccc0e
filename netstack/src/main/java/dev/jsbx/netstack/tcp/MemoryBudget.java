package dev.jsbx.netstack.tcp;

/** What the buffers of all connections take together, in bytes. Counts; refuses nothing itself. */
final class MemoryBudget {
    private final long limit;
    private long used;

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    void add(long bytes) {
        used += bytes;
    }

    void remove(long bytes) {
        used -= bytes;
    }

    long used() {
        return used;
    }

    /** Over three quarters: connections are to be content with small buffers. */
    boolean isTight() {
        return used > limit - (limit >>> 2);
    }

    /** Nothing left: what need not be kept is not kept. */
    boolean isExhausted() {
        return used >= limit;
    }
}
