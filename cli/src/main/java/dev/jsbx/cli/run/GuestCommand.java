package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.terminal.DetachKeys;
import dev.jsbx.cli.terminal.HostSignals;
import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.cli.vmm.RemoteTerminal;
import dev.jsbx.cli.vmm.VmmControl;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.CommandSession;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.Session;
import dev.jsbx.image.agent.TerminalSize;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One command in a guest with this process's streams, terminal and signals.
 *
 * @param words and its arguments
 * @param user of the guest who runs it
 * @param directory where it starts, absolute
 * @param environment on top of the login environment
 * @param input whether it gets this process's standard input
 * @param terminal whether it gets a terminal
 * @param detachKeys watched for when it has one
 */
public record GuestCommand(
        List<String> words,
        String user,
        String directory,
        Environment environment,
        boolean input,
        boolean terminal,
        DetachKeys detachKeys) {
    private static final int NOT_FOUND = 127;

    /**
     * As the agent takes it; without the terminal.
     *
     * @param secrets variables that the sandbox's secrets give to each command
     */
    ExecRequest request(Map<String, String> secrets) {
        return ExecRequest.of(words.toArray(String[]::new))
                .withUser(user)
                .withDirectory(directory)
                .withEnvironment(environment.with(secrets));
    }

    /** The command on one line, for people. */
    public String text() {
        return String.join(" ", words);
    }

    /**
     * Runs it to its end.
     *
     * @param started told when the command has been asked for
     * @param back whether to come back to the very same command if somebody has left it
     * @return its exit code
     * @throws dev.jsbx.cli.Failure if the guest ended first
     */
    int run(Guest guest, HostSignals signals, Started started, boolean back)
            throws InterruptedException {
        ExecRequest request = request(secrets(guest));
        if (terminal && !guest.config().ephemeral()) {
            return runKept(guest, request, signals, started, back);
        }
        try (AgentConnection agent = guest.connect();
                RawTerminal raw = terminal ? RawTerminal.enter() : null) {
            // The request travels while the guest still mounts its file systems.
            Session session =
                    agent.exec(terminal ? request.withTerminal(Attachment.size()) : request);
            started.asked();
            started.session(agent, session);
            return attend(guest, session, raw, signals);
        } catch (IOException e) {
            throw guest.lost(e);
        }
    }

    // The VMM process is at the terminal's other end, so that a user may leave and come back.
    private int runKept(
            Guest guest, ExecRequest request, HostSignals signals, Started started, boolean back)
            throws InterruptedException {
        guest.awaitReady();
        try (VmmControl control = VmmControl.connect(guest.sandbox()).orElseThrow()) {
            TerminalSize size = Attachment.size();
            Optional<RemoteTerminal> left = back ? control.resume(request, size) : Optional.empty();
            try (RemoteTerminal session =
                            left.isPresent() ? left.get() : control.terminal(request, size);
                    RawTerminal raw = RawTerminal.enter()) {
                started.asked();
                return attend(guest, session, raw, signals);
            }
        } catch (IOException e) {
            throw guest.lost(e);
        }
    }

    private int attend(Guest guest, CommandSession session, RawTerminal raw, HostSignals signals)
            throws IOException, InterruptedException {
        Attachment attachment = new Attachment(session, raw, detachKeys, input);
        return attachment
                .attend(guest.sandbox(), signals)
                .map(status -> code(status, guest))
                .orElse(0);
    }

    /**
     * Has it go on by itself, with what it says in the sandbox's log; without words the guest alone
     * goes on.
     *
     * @throws Failure if it cannot be started, or the guest ended first
     */
    void leave(Guest guest) throws InterruptedException {
        Map<String, String> secrets = secrets(guest);
        if (words.isEmpty()) {
            guest.keep();
            return;
        }
        try (VmmControl control = VmmControl.connect(guest.sandbox()).orElseThrow()) {
            control.run(request(secrets));
        } catch (IOException e) {
            throw guest.lost(e);
        }
    }

    // A guest that could not start takes its sandbox's files along: then that is what to tell.
    private static Map<String, String> secrets(Guest guest) throws InterruptedException {
        try {
            return SecretWork.start(guest.sandbox()).prepare(guest::connect);
        } catch (Failure e) {
            throw guest.ended().isDone() ? guest.lost(new IOException(e.getMessage(), e)) : e;
        }
    }

    /** Told of a session's start. */
    interface Started {
        void asked();

        /** Where this process itself is at the guest's agent. */
        default void session(AgentConnection agent, Session session) {}
    }

    private int code(ExitStatus status, Guest guest) {
        if (status.kind() == ExitStatus.Kind.NOT_STARTED) {
            if (status.code() != NOT_FOUND) {
                ImageAtHand.requireIntact(guest.config().image());
            }
            System.err.println(
                    "jsbx: "
                            + words.getFirst()
                            + " cannot run in the guest: "
                            + status.message()
                            + ": see what its image has, or choose another --image");
        }
        return status.code();
    }
}
