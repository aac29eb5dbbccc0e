package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Sizes of guest memory as users write them: {@code 512m}, {@code 6g}; a bare number is bytes. */
public final class MemorySize {
    /** Below this the kernel and the agent do not come up. */
    public static final long MIN = 128L << 20;

    private static final long UNIT = 2L << 20; // guest memory is made of 2 MiB pages
    private static final long DEFAULT_MAX = 4L << 30;

    private MemorySize() {}

    /**
     * Bytes, rounded up to 2 MiB.
     *
     * @throws Failure naming what is possible
     */
    public static long parse(String text) {
        long bytes = bytes(text);
        long most = hostMemory();
        if (bytes < MIN) {
            throw refused(text, "is less than a Linux guest needs: use " + show(MIN) + " or more");
        }
        if (bytes > most) {
            throw refused(text, "is more than this host has: use " + show(most) + " or less");
        }
        return (bytes + UNIT - 1) / UNIT * UNIT;
    }

    /** What a sandbox gets that nobody chose a size for: half the host's, at most 4 GiB. */
    public static long byDefault() {
        long half = hostMemory() / 2 / UNIT * UNIT;
        return Math.max(MIN, Math.min(half, DEFAULT_MAX));
    }

    private static long bytes(String text) {
        String number = text.toLowerCase(Locale.ROOT);
        int shift = 0;
        int unit = number.isEmpty() ? -1 : "kmgt".indexOf(number.charAt(number.length() - 1));
        if (unit >= 0) {
            shift = 10 * (unit + 1);
            number = number.substring(0, number.length() - 1);
        }
        try {
            return Math.multiplyExact(Long.parseUnsignedLong(number), 1L << shift);
        } catch (ArithmeticException | NumberFormatException e) {
            throw refused(text, "is no size: write it as 512m or 2g");
        }
    }

    private static long hostMemory() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemTotal:")) {
                    String kib = line.substring("MemTotal:".length(), line.length() - 2).strip();
                    return Long.parseLong(kib) << 10;
                }
            }
        } catch (IOException e) {
            // Without /proc there is no limit to compare with.
        }
        return Long.MAX_VALUE;
    }

    private static String show(long bytes) {
        return (bytes >> 20) + "m";
    }

    private static Failure refused(String text, String why) {
        return Failure.usage("the memory size " + text + " " + why);
    }
}
