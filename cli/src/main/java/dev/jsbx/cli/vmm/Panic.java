package dev.jsbx.cli.vmm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out from a console log whether the kernel gave up, and why. */
final class Panic {
    private static final String MARK = "Kernel panic - not syncing: ";
    private static final int MAX_REASON = 200;

    private Panic() {}

    /** The kernel's reason, one printable line; empty if it did not panic. */
    static String in(Path console) {
        String text;
        try {
            text = Files.readString(console, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
        int at = text.lastIndexOf(MARK);
        if (at < 0) {
            return "";
        }
        // The guest wrote this: nothing of it may reach a terminal as a control sequence.
        StringBuilder reason = new StringBuilder();
        for (int i = at + MARK.length(); i < text.length() && reason.length() < MAX_REASON; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                break;
            }
            reason.append(c);
        }
        return reason.toString();
    }
}
