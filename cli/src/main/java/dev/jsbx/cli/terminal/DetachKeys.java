package dev.jsbx.cli.terminal;

import dev.jsbx.cli.Failure;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/**
 * Watches typed bytes for the sequence that leaves a command running, such as {@code ctrl-p,ctrl-q}
 * ({@code docker attach}'s notation). Bytes that begin the sequence are held back until it is
 * certain that they do not belong to it. One thread only.
 */
public final class DetachKeys {
    /** Those of {@code docker attach}. */
    public static final String DEFAULT = "ctrl-p,ctrl-q";

    private final byte[] sequence;
    private int matched;

    private DetachKeys(byte[] sequence) {
        this.sequence = sequence;
    }

    /**
     * @param keys single characters, or {@code ctrl-} and one of {@code a-z @ [ \ ] ^ _}, separated
     *     by commas; empty for none
     * @throws Failure if it is not such a list
     */
    public static DetachKeys parse(String keys) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!keys.isEmpty()) {
            for (String key : keys.split(",", -1)) {
                bytes.write(code(key, keys));
            }
        }
        return new DetachKeys(bytes.toByteArray());
    }

    private static int code(String key, String keys) {
        String lower = key.toLowerCase(Locale.ROOT);
        if (key.length() == 1 && key.charAt(0) < 0x80) {
            return key.charAt(0);
        }
        if (lower.length() == 6 && lower.startsWith("ctrl-")) {
            char c = lower.charAt(5);
            if (c >= 'a' && c <= 'z') {
                return c - 'a' + 1;
            }
            int special = "@[\\]^_".indexOf(c);
            if (special >= 0) {
                return special == 0 ? 0 : 26 + special;
            }
        }
        throw Failure.usage(
                "the detach keys " + keys + " are none: write them as ctrl-p,ctrl-q, or \"\"");
    }

    /**
     * Takes typed bytes.
     *
     * @param passed receives what goes on to the guest
     * @return whether the sequence was completed; the rest of the bytes is then dropped
     */
    public boolean accept(byte[] typed, int length, ByteArrayOutputStream passed) {
        if (sequence.length == 0) {
            passed.write(typed, 0, length);
            return false;
        }
        for (int i = 0; i < length; i++) {
            while (matched > 0 && typed[i] != sequence[matched]) {
                giveUpFirst(passed);
            }
            if (typed[i] != sequence[matched]) {
                passed.write(typed[i]);
            } else if (++matched == sequence.length) {
                matched = 0;
                return true;
            }
        }
        return false;
    }

    // The longest end of what was matched that still begins the sequence stays held back.
    private void giveUpFirst(ByteArrayOutputStream passed) {
        int held = matched - 1;
        while (held > 0 && !beginsAgain(held)) {
            held--;
        }
        passed.write(sequence, 0, matched - held);
        matched = held;
    }

    private boolean beginsAgain(int held) {
        for (int i = 0; i < held; i++) {
            if (sequence[i] != sequence[matched - held + i]) {
                return false;
            }
        }
        return true;
    }
}
