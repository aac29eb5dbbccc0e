package dev.jsbx.cli.net;

/**
 * Keeps the heap of a process with a network near what is in use. The serial collector looks for
 * garbage among what is old only once the heap may not grow any more; connections that are over are
 * such garbage, and the process would come to take all that it may. To give memory back at once,
 * the JVM needs {@code -XX:-ShrinkHeapInSteps}.
 */
public final class HeapKeeper {
    private static final long PERIOD_MILLIS = 5000;

    /**
     * As much more than what was in use after the last full collection brings the next one, of
     * which each takes some 60 ms.
     */
    private static final long ROOM = 32 << 20;

    private HeapKeeper() {}

    /** Looks after the heap of this process until it ends. */
    public static void start() {
        Thread.ofPlatform().name("heap").daemon().start(HeapKeeper::keep);
    }

    private static void keep() {
        long limit = used() + ROOM;
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                if (used() > limit) {
                    System.gc();
                    limit = used() + ROOM;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
