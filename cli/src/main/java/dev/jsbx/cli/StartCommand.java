package dev.jsbx.cli;

import dev.jsbx.cli.run.Exec;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx start SANDBOX…}: starts sandboxes, to go on until they are stopped. */
final class StartCommand {
    private String[] names = {};

    CommandSpec spec() {
        return Spec.of("start", "Start sandboxes, to go on until they are stopped.", this::call)
                .words("SANDBOX", "1..*", "Names of sandboxes", w -> names = w)
                .build();
    }

    private int call() throws InterruptedException {
        List<Sandbox> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(SandboxStore.open().get(name));
        }
        for (Sandbox sandbox : chosen) {
            Exec.start(sandbox);
            System.out.println("Sandbox '" + sandbox.name() + "' started");
        }
        return 0;
    }
}
