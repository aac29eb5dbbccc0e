package dev.jsbx.cli;

import dev.jsbx.cli.branch.BranchException;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.branch.Branches;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.terminal.Confirmation;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx rm}: removes stopped sandboxes with all that is in them; branches stay. */
final class RemoveCommand {
    private boolean all;
    private boolean force;
    private String[] names = {};

    CommandSpec spec() {
        return Spec.of("rm", "Remove sandboxes; the branches they worked on stay.", this::call)
                .flag("--all", "Remove every sandbox that is stopped", on -> all = on)
                .flag(
                        "-f --force",
                        "Ask nothing, and lose work that is on no branch",
                        on -> force = on)
                .words("SANDBOX", "0..*", "Names of sandboxes", words -> names = words)
                .build();
    }

    private int call() throws IOException {
        if (all == names.length > 0) {
            throw Failure.usage("name the sandboxes to remove, or use --all: see jsbx ls");
        }
        List<Sandbox> chosen = chosen();
        if (chosen.isEmpty()) {
            System.out.println("No sandboxes found");
            return 0;
        }
        confirm(chosen);
        for (Sandbox sandbox : chosen) {
            remove(sandbox);
            System.out.println("Sandbox '" + sandbox.name() + "' removed");
        }
        return 0;
    }

    // All of them are checked before the first is touched.
    private List<Sandbox> chosen() {
        SandboxStore store = SandboxStore.open();
        List<Sandbox> chosen = new ArrayList<>();
        if (all) {
            store.list().stream().filter(sandbox -> !sandbox.isRunning()).forEach(chosen::add);
        }
        for (String name : names) {
            Sandbox sandbox =
                    store.find(name)
                            .orElseThrow(
                                    () ->
                                            Failure.failed(
                                                    "sandbox '"
                                                            + name
                                                            + "' not found: see jsbx ls"));
            if (sandbox.isRunning()) {
                throw Failure.failed("sandbox '" + name + "' is running: end its command first");
            }
            chosen.add(sandbox);
        }
        return chosen;
    }

    private void confirm(List<Sandbox> chosen) {
        if (force) {
            return;
        }
        String names = String.join(", ", chosen.stream().map(Sandbox::name).toList());
        if (!Confirmation.asked("Remove " + names + " and all in it", "whether to remove them")) {
            throw Failure.failed("nothing was removed");
        }
    }

    private void remove(Sandbox sandbox) throws IOException {
        try (FileLock setup = SandboxStore.reopen(sandbox).setup()) {
            bringBack(sandbox);
            SandboxStore.open().remove(sandbox);
        }
    }

    // A machine that was killed has left its work in the clone.
    private void bringBack(Sandbox sandbox) throws IOException {
        if (BranchRecord.read(sandbox.directory()).isEmpty()) {
            return;
        }
        try {
            Branches.bringBack(sandbox.directory());
        } catch (Exception e) {
            if (!force) {
                throw Failure.failed(
                        "the work of "
                                + sandbox.name()
                                + " cannot be brought to its branch: "
                                + (e instanceof BranchException ? e.getMessage() : e)
                                + "; --force removes it all the same");
            }
        }
    }
}
