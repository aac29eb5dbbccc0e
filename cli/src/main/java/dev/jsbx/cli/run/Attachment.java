package dev.jsbx.cli.run;

import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.terminal.DetachKeys;
import dev.jsbx.cli.terminal.HostSignals;
import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.image.agent.CommandSession;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.TerminalSize;
import dev.jsbx.vmm.linux.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Ties this process's standard streams, terminal and signals to a command in the guest, until it
 * ends. Bytes pass as they are; with a terminal the two outputs are one, as on any terminal.
 */
final class Attachment {
    private static final int BUFFER = 64 << 10;
    private static final int PATIENCE = 3; // interrupts until the user is taken to mean the sandbox

    private final CommandSession session;
    private final RawTerminal terminal;
    private final DetachKeys detachKeys;
    private final boolean input;
    private volatile boolean detached;
    private volatile boolean goesOn;
    private int interrupts;

    /**
     * @param terminal null if the command has none
     * @param input whether the command gets standard input
     */
    Attachment(CommandSession session, RawTerminal terminal, DetachKeys detachKeys, boolean input) {
        this.session = session;
        this.terminal = terminal;
        this.detachKeys = detachKeys;
        this.input = input;
    }

    /**
     * Moves bytes and signals until the command has ended and its output is out.
     *
     * @return how it ended, or null if the user typed the detach keys
     * @throws IOException if the connection to the guest broke
     */
    private ExitStatus run(HostSignals signals) throws IOException, InterruptedException {
        signals.handOnTo(this::forward);
        if (input) {
            Thread.ofPlatform().name("stdin").daemon().start(this::pumpInput);
        } else {
            session.stdin().close();
        }
        Thread out =
                Thread.ofPlatform()
                        .name("stdout")
                        .daemon()
                        .start(() -> pump(session.stdout(), FileDescriptor.out));
        pump(session.stderr(), FileDescriptor.err);
        out.join();
        try {
            return session.waitFor();
        } catch (IOException e) {
            if (detached) {
                return null;
            }
            throw e;
        }
    }

    /**
     * The same, and tells a user who has typed the detach keys what has become of the command.
     *
     * @param sandbox where it runs
     * @return how it ended; empty if its user has left it
     */
    Optional<ExitStatus> attend(Sandbox sandbox, HostSignals signals)
            throws IOException, InterruptedException {
        ExitStatus status = run(signals);
        if (status == null) {
            // In raw mode, in the middle of what the command has painted.
            String fate =
                    goesOn
                            ? "it goes on: jsbx attach " + sandbox.name() + " comes back to it"
                            : "the command was hung up on, as its sandbox goes with it";
            System.err.print("\r\njsbx: detached: " + fate + "\r\n");
        }
        return Optional.ofNullable(status);
    }

    private void pumpInput() {
        byte[] buffer = new byte[BUFFER];
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        // Not closed: the terminal there is still to be put back.
        InputStream in = new FileInputStream(FileDescriptor.in);
        try (OutputStream to = session.stdin()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (terminal == null) {
                    to.write(buffer, 0, n);
                    continue;
                }
                typed.reset();
                boolean leave = detachKeys.accept(buffer, n, typed);
                to.write(typed.toByteArray());
                if (leave) {
                    detached = true;
                    goesOn = session.leave();
                    return;
                }
            }
        } catch (IOException e) {
            // The command reads no more, or has ended; what it said and its code still come.
        }
    }

    private static void pump(InputStream from, FileDescriptor to) {
        byte[] buffer = new byte[BUFFER];
        // Not closed: other threads may still have something to say there.
        FileOutputStream out = new FileOutputStream(to);
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // Our reader has gone: closing the stream tells the command, as a pipe would.
        }
    }

    private void forward(int signal) {
        try {
            switch (signal) {
                case HostSignals.SIGWINCH -> resize();
                case HostSignals.SIGCONT -> continued();
                case HostSignals.SIGINT -> {
                    session.signal(signal);
                    if (++interrupts == PATIENCE) {
                        System.err.println("jsbx: interrupted " + PATIENCE + " times: ending");
                        session.close();
                    }
                }
                default -> session.signal(signal);
            }
        } catch (IOException e) {
            // The command has ended.
        }
    }

    private void resize() throws IOException {
        if (terminal != null) {
            session.resize(size());
        }
    }

    private void continued() throws IOException {
        if (terminal != null) {
            terminal.raw();
            resize();
        }
    }

    /** The size of the terminal that this process is in. */
    static TerminalSize size() {
        Terminal.WindowSize size = Terminal.size(1);
        return new TerminalSize(size.rows(), size.columns());
    }
}
