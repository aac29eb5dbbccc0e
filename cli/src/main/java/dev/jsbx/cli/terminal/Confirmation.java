package dev.jsbx.cli.terminal;

import dev.jsbx.cli.Failure;
import java.io.Console;
import java.util.Locale;

/** Asks before what cannot be undone. */
public final class Confirmation {
    private Confirmation() {}

    /**
     * Whether the user says yes.
     *
     * @param question as it is asked, without a mark
     * @param what it is about, for whoever has no terminal: "whether to …"
     * @throws Failure if there is nobody to ask
     */
    public static boolean asked(String question, String what) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw Failure.failed("nobody to ask " + what + ": repeat with --force");
        }
        String answer = console.readLine("%s? [y/N] ", question);
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }
}
