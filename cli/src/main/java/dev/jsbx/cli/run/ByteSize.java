package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import java.util.Locale;

/** Sizes as users write them: {@code 512m}, {@code 6g}; a bare number is bytes. */
final class ByteSize {
    private ByteSize() {}

    /**
     * Bytes.
     *
     * @param what it is the size of, for the message
     * @throws Failure if it is no size
     */
    static long parse(String what, String text) {
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
            throw refused(what, text, "is no size: write it as 512m or 2g");
        }
    }

    /** A size that cannot be. */
    static Failure refused(String what, String text, String why) {
        return Failure.usage("the " + what + " " + text + " " + why);
    }
}
