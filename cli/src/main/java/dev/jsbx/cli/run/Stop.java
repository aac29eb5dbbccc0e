package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.LastRun;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.vmm.VmmControl;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Ends the guest of a sandbox. */
public final class Stop {
    // A guest has 15 s to power off, after which its VMM process ends it.
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final Duration RETRY = Duration.ofMillis(20);

    private Stop() {}

    /**
     * Powers it off; what does not react is killed.
     *
     * @param force whether to kill it at once
     * @return whether it ran
     * @throws Failure if it cannot be ended
     */
    public static boolean call(Sandbox sandbox, boolean force) throws InterruptedException {
        if (!sandbox.isRunning()) {
            return false;
        }
        if (!force) {
            powerOff(sandbox);
        }
        if (sandbox.isRunning()) {
            kill(sandbox);
        }
        Guests.awaitFree(sandbox);
        return true;
    }

    private static void powerOff(Sandbox sandbox) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean asked = false;
        while (sandbox.isRunning() && System.nanoTime() < deadline) {
            asked |= !asked && ask(sandbox);
            Thread.sleep(RETRY);
        }
    }

    // A process that has just begun does not listen yet.
    private static boolean ask(Sandbox sandbox) {
        Optional<VmmControl> control = VmmControl.connect(sandbox);
        if (control.isEmpty()) {
            return false;
        }
        try (VmmControl it = control.get()) {
            it.stop();
        } catch (IOException e) {
            System.err.println("jsbx: " + e.getMessage());
        }
        return true;
    }

    // By number, and only if it is still the process that wrote the number down.
    private static void kill(Sandbox sandbox) {
        try {
            Optional<ProcessHandle> process =
                    LastRun.read(sandbox)
                            .flatMap(LastRun::process)
                            .filter(p -> sandbox.isRunning());
            if (process.isEmpty() && sandbox.isRunning()) {
                throw Failure.failed(
                        "the VMM process of "
                                + sandbox.name()
                                + " is not known by number: find who holds "
                                + sandbox.directory().resolve("vmm.lock")
                                + " and end it");
            }
            process.ifPresent(ProcessHandle::destroyForcibly);
        } catch (IOException e) {
            throw Failure.failed(sandbox.name() + " cannot be ended: " + e.getMessage());
        }
    }
}
