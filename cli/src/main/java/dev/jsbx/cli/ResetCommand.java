package dev.jsbx.cli;

import dev.jsbx.cli.policy.PolicyPlaces;
import dev.jsbx.cli.run.Removal;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.secret.command.SecretPlaces;
import dev.jsbx.cli.terminal.Confirmation;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx reset}: as if jsbx had never run; the audit log stays. */
final class ResetCommand {
    private boolean force;
    private boolean preserveSecrets;

    CommandSpec spec() {
        return Spec.of(
                        "reset",
                        "Remove all sandboxes, policy, secrets and images; the audit log stays.",
                        this::call)
                .flag("-f --force", "Ask nothing", on -> force = on)
                .flag("--preserve-secrets", "Keep the secrets", on -> preserveSecrets = on)
                .build();
    }

    private int call() throws IOException, InterruptedException {
        if (!force
                && !Confirmation.asked(
                        "Remove all sandboxes, policy, secrets and images", "whether to reset")) {
            throw Failure.failed("nothing was removed");
        }
        SandboxStore store = SandboxStore.open();
        int stopped = 0;
        int removed = 0;
        for (Sandbox sandbox : store.list()) {
            stopped += sandbox.isRunning() ? 1 : 0;
            Removal.call(sandbox, true);
            removed++;
        }
        store.sweep();
        SandboxStore.delete(PolicyPlaces.file().path());
        if (!preserveSecrets) {
            for (Path file : SecretPlaces.files()) {
                SandboxStore.delete(file);
            }
        }
        SandboxStore.delete(Directories.cache());
        System.out.println("Reset complete: " + stopped + " stopped, " + removed + " removed");
        System.out.println("The audit log stays in " + PolicyPlaces.audit());
        return 0;
    }
}
