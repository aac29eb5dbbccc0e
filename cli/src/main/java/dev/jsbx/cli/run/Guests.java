package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The way to a guest of a sandbox that exists: the one that runs, or a new one. */
public final class Guests {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Duration STOPPING = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMillis(20);

    private Guests() {}

    /**
     * Joins the sandbox's guest, or starts one.
     *
     * @param what this command, for people
     * @param console whether a new guest's kernel tells its console all it does
     * @param marks told of points of start-up: name, {@link System#nanoTime}
     * @throws Failure if another command keeps the sandbox, or no guest can be started
     */
    static Guest enter(
            Sandbox sandbox, String what, boolean console, BiConsumer<String, Long> marks)
            throws InterruptedException, IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            requireThere(sandbox);
            // Who answers is running: the lock, which a command's first system call would have to
            // be made ready for, is asked only when nobody does.
            Optional<Guest> guest = JoinedGuest.join(sandbox, what);
            if (guest.isPresent()) {
                return guest.get();
            }
            if (!sandbox.isRunning()) {
                Optional<FileLock> setup = sandbox.trySetUp();
                if (setup.isPresent() && !sandbox.isRunning()) {
                    ImageAtHand.find(SandboxStore.config(sandbox).image(), false);
                    return start(new SandboxStore.Created(sandbox, setup.get()), console, marks);
                }
                setup.ifPresent(FileLock::close);
            }
            Thread.sleep(RETRY);
        }
        throw Failure.own(
                "another command has kept the sandbox "
                        + sandbox.name()
                        + " for "
                        + PATIENCE.toSeconds()
                        + " s: see jsbx inspect "
                        + sandbox.name());
    }

    private static void requireThere(Sandbox sandbox) {
        if (SandboxStore.open().find(sandbox.name()).isEmpty()) {
            throw Failure.own("the sandbox " + sandbox.name() + " was removed meanwhile");
        }
    }

    static Guest start(
            SandboxStore.Created created, boolean console, BiConsumer<String, Long> marks)
            throws IOException {
        SandboxConfig config = SandboxStore.config(created.sandbox());
        return StartedGuest.start(created, config, console, marks);
    }

    /**
     * Waits until no VMM process of a sandbox lives any more.
     *
     * @throws Failure if one does for half a minute
     */
    public static void awaitFree(Sandbox sandbox) throws InterruptedException {
        long deadline = System.nanoTime() + STOPPING.toNanos();
        while (sandbox.isRunning()) {
            if (System.nanoTime() > deadline) {
                throw Failure.own(
                        "the VMM process of "
                                + sandbox.name()
                                + " is still there after "
                                + STOPPING.toSeconds()
                                + " s: end it with jsbx stop --force "
                                + sandbox.name());
            }
            Thread.sleep(RETRY);
        }
    }
}
