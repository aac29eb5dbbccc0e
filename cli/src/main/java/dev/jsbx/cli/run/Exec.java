package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.terminal.DetachKeys;
import dev.jsbx.cli.terminal.HostSignals;
import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.cli.vmm.RemoteTerminal;
import dev.jsbx.cli.vmm.VmmControl;
import dev.jsbx.image.agent.ExitStatus;
import java.io.IOException;

/** Commands in a sandbox that there is, started if it is not running. */
public final class Exec {
    private Exec() {}

    /**
     * Runs a command with this process's streams and signals.
     *
     * @return its exit code
     * @throws Failure if jsbx failed
     */
    public static int attached(Sandbox sandbox, GuestCommand command) throws InterruptedException {
        HostSignals signals = HostSignals.endingThisProcess();
        try (Guest guest = enter(sandbox, command.text())) {
            return command.run(guest, signals, () -> {}, false);
        } finally {
            signals.close();
        }
    }

    /**
     * Comes back to the terminal that was left last.
     *
     * @return its command's exit code
     * @throws Failure if nobody has left one
     */
    public static int back(Sandbox sandbox, DetachKeys detachKeys) throws InterruptedException {
        HostSignals signals = HostSignals.endingThisProcess();
        try (Guest guest =
                        sandbox.isRunning()
                                ? JoinedGuest.join(sandbox, "attach").orElse(null)
                                : null;
                VmmControl control =
                        guest == null ? null : VmmControl.connect(sandbox).orElse(null);
                RemoteTerminal session =
                        control == null
                                ? null
                                : control.resume(null, Attachment.size()).orElse(null)) {
            if (session == null) {
                throw Failure.failed(
                        "nobody has left a terminal in "
                                + sandbox.name()
                                + ": start a command with jsbx run "
                                + sandbox.name());
            }
            try (RawTerminal raw = RawTerminal.enter()) {
                return new Attachment(session, raw, detachKeys, true)
                        .attend(sandbox, signals)
                        .map(ExitStatus::code)
                        .orElse(0);
            }
        } catch (IOException e) {
            throw Failure.own("the terminal in " + sandbox.name() + ": " + e.getMessage(), e);
        } finally {
            signals.close();
        }
    }

    /** Starts a command that goes on by itself; what it says is in the sandbox's log. */
    public static void detached(Sandbox sandbox, GuestCommand command) throws InterruptedException {
        try (Guest guest = enter(sandbox, command.text())) {
            guest.awaitReady();
            command.leave(guest);
        }
    }

    /** Starts the sandbox, to go on until it is stopped. */
    public static void start(Sandbox sandbox) throws InterruptedException {
        try (Guest guest = enter(sandbox, "start")) {
            guest.awaitReady();
            guest.keep();
        }
    }

    /** Work within a guest. */
    public interface Work {
        void in(Guest guest) throws IOException, InterruptedException;
    }

    /**
     * Does something in the sandbox's guest, started if need be.
     *
     * @param what this command, for people
     */
    public static void with(Sandbox sandbox, String what, Work work)
            throws InterruptedException, IOException {
        try (Guest guest = enter(sandbox, what)) {
            guest.awaitReady();
            work.in(guest);
        }
    }

    private static Guest enter(Sandbox sandbox, String what) throws InterruptedException {
        try {
            return Guests.enter(sandbox, what, false, (mark, nanos) -> {});
        } catch (IOException e) {
            throw Failure.own("the sandbox " + sandbox.name() + ": " + e.getMessage(), e);
        }
    }
}
