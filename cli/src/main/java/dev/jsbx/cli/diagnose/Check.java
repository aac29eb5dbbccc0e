package dev.jsbx.cli.diagnose;

import java.util.List;

/**
 * What one look at the host found.
 *
 * @param what was looked at
 * @param found in one line
 * @param details further lines, such as figures
 * @param hint what to do; empty if nothing needs to be done
 */
public record Check(Level level, String what, String found, List<String> details, String hint) {
    /** How it stands. */
    public enum Level {
        /** As it should be. */
        OK,
        /** jsbx works, with less. */
        NOTE,
        /** Something does not work. */
        FAIL
    }

    static Check ok(String what, String found) {
        return new Check(Level.OK, what, found, List.of(), "");
    }

    static Check note(String what, String found, String hint) {
        return new Check(Level.NOTE, what, found, List.of(), hint);
    }

    static Check fail(String what, String found, String hint) {
        return new Check(Level.FAIL, what, found, List.of(), hint);
    }

    Check with(List<String> lines) {
        return new Check(level, what, found, lines, hint);
    }
}
