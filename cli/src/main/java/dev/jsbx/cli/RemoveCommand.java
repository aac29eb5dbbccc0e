package dev.jsbx.cli;

import dev.jsbx.cli.run.Removal;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.terminal.Confirmation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx rm}: removes sandboxes with all that is in them; branches stay. */
final class RemoveCommand {
    private boolean all;
    private boolean force;
    private String[] names = {};

    CommandSpec spec() {
        return Spec.of("rm", "Remove sandboxes; the branches they worked on stay.", this::call)
                .flag("--all", "Remove every sandbox that is stopped", on -> all = on)
                .flag(
                        "-f --force",
                        "Ask nothing, end what runs, and lose work that is on no branch",
                        on -> force = on)
                .words("SANDBOX", "0..*", "Names of sandboxes", words -> names = words)
                .build();
    }

    private int call() throws IOException, InterruptedException {
        if (all == names.length > 0) {
            throw Failure.usage("name the sandboxes to remove, or use --all: see jsbx ls");
        }
        List<Sandbox> chosen = chosen();
        if (chosen.isEmpty()) {
            System.out.println("No sandboxes found");
            return 0;
        }
        if (!force) {
            confirm(chosen);
        }
        for (Sandbox sandbox : chosen) {
            Removal.call(sandbox, force);
            System.out.println("Sandbox '" + sandbox.name() + "' removed");
        }
        return 0;
    }

    // All of them are checked before the first is touched.
    private List<Sandbox> chosen() {
        SandboxStore store = SandboxStore.open();
        List<Sandbox> chosen = new ArrayList<>();
        if (all) {
            store.list().stream()
                    .filter(sandbox -> force || !sandbox.isRunning())
                    .forEach(chosen::add);
        }
        for (String name : names) {
            Sandbox sandbox = store.get(name);
            if (sandbox.isRunning() && !force) {
                throw Failure.failed(
                        "sandbox '" + name + "' is running: stop it first, or use --force");
            }
            chosen.add(sandbox);
        }
        return chosen;
    }

    /**
     * Asks whether to remove them.
     *
     * @throws Failure if not, or there is nobody to ask
     */
    static void confirm(List<Sandbox> chosen) {
        String names = String.join(", ", chosen.stream().map(Sandbox::name).toList());
        if (!Confirmation.asked("Remove " + names + " and all in it", "whether to remove them")) {
            throw Failure.failed("nothing was removed");
        }
    }
}
