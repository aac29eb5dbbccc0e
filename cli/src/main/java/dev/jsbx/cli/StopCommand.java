package dev.jsbx.cli;

import dev.jsbx.cli.run.Stop;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx stop SANDBOX…}: powers sandboxes off; their files and packages stay. */
final class StopCommand {
    private boolean all;
    private boolean force;
    private String[] names = {};

    CommandSpec spec() {
        return Spec.of("stop", "Stop sandboxes; what is in them stays.", this::call)
                .flag("--all", "Stop every sandbox", on -> all = on)
                .flag("-f --force", "Pull the plug instead of powering off", on -> force = on)
                .words("SANDBOX", "0..*", "Names of sandboxes", w -> names = w)
                .build();
    }

    private int call() throws InterruptedException {
        if (all == names.length > 0) {
            throw Failure.usage("name the sandboxes to stop, or use --all: see jsbx ls");
        }
        SandboxStore store = SandboxStore.open();
        List<Sandbox> chosen = new ArrayList<>();
        if (all) {
            store.list().stream().filter(Sandbox::isRunning).forEach(chosen::add);
        }
        for (String name : names) {
            chosen.add(store.get(name));
        }
        for (Sandbox sandbox : chosen) {
            System.out.println(
                    Stop.call(sandbox, force)
                            ? "Sandbox '" + sandbox.name() + "' stopped"
                            : "Sandbox '" + sandbox.name() + "' is not running");
        }
        return 0;
    }
}
