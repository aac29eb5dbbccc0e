package dev.jsbx.cli.terminal;

import dev.jsbx.vmm.linux.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Standard input's terminal in raw mode, until closed. */
public final class RawTerminal implements AutoCloseable {
    private static final int STDIN = 0;

    // Waits for a line: it comes when the terminal was put back, and does not when the writer died.
    // Opened before: a session whose leader has died has no /dev/tty.
    private static final String GUARD =
            "trap '' INT TERM HUP QUIT TTOU TTIN TSTP; exec 3< /dev/tty || exit;"
                    + " saved=$(stty -g <&3) || exit;"
                    + " echo ready; read -r done || stty \"$saved\" <&3";

    private final byte[] saved;
    private final OutputStream guard;
    private boolean raw;

    private RawTerminal(byte[] saved, OutputStream guard) {
        this.saved = saved;
        this.guard = guard;
    }

    /** Whether standard input and standard output are terminals. */
    public static boolean isInteractive() {
        return Terminal.isTerminal(0) && Terminal.isTerminal(1);
    }

    /** Makes the terminal raw. */
    public static RawTerminal enter() {
        RawTerminal terminal = new RawTerminal(Terminal.settings(STDIN), startGuard());
        terminal.raw();
        return terminal;
    }

    /** Makes it raw again, after a stop (SIGTSTP) and continuation had it put back. */
    public synchronized void raw() {
        Terminal.makeRaw(STDIN);
        raw = true;
    }

    private static OutputStream startGuard() {
        try {
            Process shell =
                    new ProcessBuilder("/bin/sh", "-c", GUARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            shell.getInputStream().read(); // it has read the settings before they change
            return shell.getOutputStream();
        } catch (IOException e) {
            return OutputStream.nullOutputStream();
        }
    }

    /** Puts the terminal back as it was. */
    @Override
    public synchronized void close() {
        if (!raw) {
            return;
        }
        raw = false;
        Terminal.restore(STDIN, saved);
        try (guard) {
            guard.write("done\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The guard was killed; the terminal is in order without it.
        }
    }
}
