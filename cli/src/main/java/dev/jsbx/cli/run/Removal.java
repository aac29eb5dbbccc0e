package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.secret.command.SecretRemoval;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;

/** Removes sandboxes for good, and the secrets that were theirs alone. */
public final class Removal {
    private Removal() {}

    /**
     * Removes a sandbox; the branch it worked on stays, with its last work on it.
     *
     * @param force whether to end it if it runs, and to lose work that cannot be brought to its
     *     branch
     * @throws Failure if it runs, or its work cannot be brought back, and {@code force} is not set
     */
    public static void call(Sandbox sandbox, boolean force)
            throws InterruptedException, IOException {
        if (force) {
            Stop.call(sandbox, true);
        }
        try (FileLock setup = SandboxStore.reopen(sandbox).setup()) {
            bringBack(sandbox, force);
            SandboxStore.open().remove(sandbox);
        }
        new SecretRemoval(System.err).forget(sandbox.name());
    }

    // A machine that was killed has left its work in the clone.
    private static void bringBack(Sandbox sandbox, boolean force) {
        try {
            BranchWork.bringBack(sandbox, true);
        } catch (Failure e) {
            if (!force) {
                throw Failure.failed(e.getMessage() + "; --force removes it all the same");
            }
        }
    }
}
