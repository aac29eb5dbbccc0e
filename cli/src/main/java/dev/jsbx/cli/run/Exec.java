package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.terminal.HostSignals;
import dev.jsbx.cli.vmm.VmmControl;
import java.io.IOException;

/** Commands in a sandbox that there is, started if it is not running. */
public final class Exec {
    private static final int SIGNALED = 128;

    private Exec() {}

    /**
     * Runs a command with this process's streams and signals.
     *
     * @return its exit code
     * @throws Failure if jsbx failed
     */
    public static int attached(Sandbox sandbox, GuestCommand command) throws InterruptedException {
        HostSignals signals =
                HostSignals.handTo(
                        signal -> {
                            if (signal != HostSignals.SIGWINCH && signal != HostSignals.SIGCONT) {
                                Runtime.getRuntime().halt(SIGNALED + signal);
                            }
                        });
        try (Guest guest = enter(sandbox, command.text())) {
            return command.run(guest, signals, (agent, session) -> {});
        } finally {
            signals.close();
        }
    }

    /** Starts a command that goes on by itself; what it says is in the sandbox's log. */
    public static void detached(Sandbox sandbox, GuestCommand command) throws InterruptedException {
        withControl(
                sandbox,
                command.text(),
                (guest, control) ->
                        control.run(
                                command.request(
                                        SecretWork.start(sandbox).prepare(guest::connect))));
    }

    /** Starts the sandbox, to go on until it is stopped. */
    public static void start(Sandbox sandbox) throws InterruptedException {
        withControl(sandbox, "start", (guest, control) -> control.keep());
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

    private interface Request {
        void to(Guest guest, VmmControl control) throws IOException, InterruptedException;
    }

    private static void withControl(Sandbox sandbox, String what, Request request)
            throws InterruptedException {
        try (Guest guest = enter(sandbox, what)) {
            guest.awaitReady();
            try (VmmControl control = VmmControl.connect(sandbox).orElseThrow()) {
                request.to(guest, control);
            } catch (IOException e) {
                throw guest.lost(e);
            }
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
