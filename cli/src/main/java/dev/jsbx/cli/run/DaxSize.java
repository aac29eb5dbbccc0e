package dev.jsbx.cli.run;

import dev.jsbx.vmm.memory.MemoryWindow;

/** How much of a shared directory's files a guest may map, as users write it. */
public final class DaxSize {
    private static final String WHAT = "DAX window";

    /** Each 2 MiB may take two mappings of this process's, of which Linux allows 65 530. */
    private static final long MOST = 8L << 30;

    private DaxSize() {}

    /**
     * Bytes, rounded up to 2 MiB.
     *
     * @param text such as {@code 512m}, or {@code off}
     * @return 0 for off
     * @throws dev.jsbx.cli.Failure with code 2
     */
    public static long parse(String text) {
        if (text.equals("off")) {
            return 0;
        }
        long bytes = ByteSize.parse(WHAT, text);
        if (bytes < MemoryWindow.UNIT || bytes > MOST) {
            throw ByteSize.refused(WHAT, text, "cannot be: use 2m to 8g, or off");
        }
        return (bytes + MemoryWindow.UNIT - 1) / MemoryWindow.UNIT * MemoryWindow.UNIT;
    }
}
