package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.HostMemory;

/** Sizes of guest memory as users write them. */
public final class MemorySize {
    /** Below this the kernel and the agent do not come up. */
    public static final long MIN = 128L << 20;

    private static final String WHAT = "memory size";
    private static final long UNIT = 2L << 20; // guest memory is made of 2 MiB pages
    private static final long DEFAULT_MAX = 4L << 30;
    private static final long DEFAULT_MIN = 1L << 30;

    private MemorySize() {}

    /**
     * Bytes, rounded up to 2 MiB.
     *
     * @throws Failure naming what is possible
     */
    public static long parse(String text) {
        long bytes = ByteSize.parse(WHAT, text);
        long most = HostMemory.total();
        if (bytes < MIN) {
            throw refused(text, "is less than a Linux guest needs: use " + show(MIN) + " or more");
        }
        if (bytes > most) {
            throw refused(text, "is more than this host has: use " + show(most) + " or less");
        }
        return (bytes + UNIT - 1) / UNIT * UNIT;
    }

    /**
     * What a sandbox gets that nobody chose a size for: half of what this host can give, so that
     * there is some for the next one; at most 4 GiB, and at least what an agent can work with.
     */
    public static long byDefault() {
        long half = HostMemory.now().room() / 2 / UNIT * UNIT;
        return Math.max(DEFAULT_MIN, Math.min(half, DEFAULT_MAX));
    }

    private static String show(long bytes) {
        return (bytes >> 20) + "m";
    }

    private static Failure refused(String text, String why) {
        return ByteSize.refused(WHAT, text, why);
    }
}
