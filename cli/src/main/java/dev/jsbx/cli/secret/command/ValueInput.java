package dev.jsbx.cli.secret.command;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.secret.SecretValue;
import dev.jsbx.cli.terminal.HiddenLine;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Takes a value from standard input: a pipe up to its end, a terminal's line unseen. */
final class ValueInput {
    private ValueInput() {}

    /**
     * Reads it.
     *
     * @param name of the secret, for the prompt
     * @throws Failure if it is empty, too long, or nothing that a header can carry
     */
    static SecretValue read(String name) throws IOException {
        try {
            if (HiddenLine.isTerminal()) {
                return HiddenLine.ask("Value of " + name + ": ", SecretValue::read);
            }
            // Not closed, and not System.in, whose buffer would keep a copy.
            InputStream in = new FileInputStream(FileDescriptor.in);
            return SecretValue.read(in);
        } catch (IllegalArgumentException e) {
            throw Failure.failed(e.getMessage() + ": nothing was stored");
        }
    }
}
