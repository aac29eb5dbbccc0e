package dev.jsbx.netstack.audit;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** A time as {@code 2026-01-31T10:15:25.123Z}, rewritten in place; only a new day makes objects. */
final class TimeStamp {
    private static final int MILLIS_PER_DAY = 86_400_000;

    private final byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.US_ASCII);
    private long epochDay = Long.MIN_VALUE;
    private LocalDate day;

    /** Sets the time, in ms since 1970. */
    TimeStamp set(long epochMillis) {
        long newDay = Math.floorDiv(epochMillis, MILLIS_PER_DAY);
        if (newDay != epochDay) {
            epochDay = newDay;
            day = LocalDate.ofEpochDay(newDay);
            byte[] date = day.toString().getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(date, 0, text, 0, 10);
        }
        int millis = Math.floorMod(epochMillis, MILLIS_PER_DAY);
        digits(11, 2, millis / 3_600_000);
        digits(14, 2, millis / 60_000 % 60);
        digits(17, 2, millis / 1000 % 60);
        digits(20, 3, millis % 1000);
        return this;
    }

    private void digits(int at, int count, int value) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** The day in UTC, for file names. */
    LocalDate day() {
        return day;
    }

    /** Shared, not a copy. */
    byte[] text() {
        return text;
    }
}
