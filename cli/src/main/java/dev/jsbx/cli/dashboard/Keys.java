package dev.jsbx.cli.dashboard;

import java.io.IOException;
import java.io.InputStream;

/**
 * Keys of a terminal in raw mode. Reads only what has been typed already: a reader that waits would
 * take the first key from a command that the terminal is lent to.
 */
final class Keys {
    private static final int ESCAPE = 27;
    private static final int INTERRUPT = 3;
    private static final int POLL_MILLIS = 20;

    private final InputStream in;

    Keys(InputStream in) {
        this.in = in;
    }

    /** The next key, or null if there is none within a time in milliseconds. */
    Key poll(long millis) throws IOException, InterruptedException {
        for (long waited = 0; in.available() == 0; waited += POLL_MILLIS) {
            if (waited >= millis) {
                return null;
            }
            Thread.sleep(POLL_MILLIS);
        }
        int c = in.read();
        return switch (c) {
            case '\r', '\n' -> Key.of(Key.Name.ENTER);
            case '\t' -> Key.of(Key.Name.TAB);
            case INTERRUPT, -1 -> Key.of(Key.Name.INTERRUPT);
            case ESCAPE -> sequence();
            default ->
                    c > ' ' && c < 127
                            ? new Key(Key.Name.LETTER, (char) c)
                            : Key.of(Key.Name.OTHER);
        };
    }

    // The arrows are ESC [ A and B, or ESC O A and B (ECMA-48 §8.3, DEC's application mode).
    private Key sequence() throws IOException {
        if (in.available() == 0) {
            return Key.of(Key.Name.ESCAPE);
        }
        int introducer = in.read();
        if (introducer != '[' && introducer != 'O') {
            return Key.of(Key.Name.OTHER);
        }
        int last = 0;
        while (in.available() > 0 && (last < '@' || last > '~')) {
            last = in.read();
        }
        return Key.of(last == 'A' ? Key.Name.UP : last == 'B' ? Key.Name.DOWN : Key.Name.OTHER);
    }
}
