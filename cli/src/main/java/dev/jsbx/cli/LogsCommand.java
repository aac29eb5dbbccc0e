package dev.jsbx.cli;

import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx logs SANDBOX}: what commands said that nobody was attached to, and more. */
final class LogsCommand {
    private static final long POLL_MILLIS = 100;

    private boolean follow;
    private boolean console;
    private boolean vmm;
    private String[] names = {};

    CommandSpec spec() {
        return Spec.of(
                        "logs",
                        "Show what a sandbox's detached commands said; its network is in jsbx"
                                + " policy log.",
                        this::call)
                .flag("-f --follow", "Go on while the sandbox runs", on -> follow = on)
                .flag("--console", "The guest's kernel instead", on -> console = on)
                .flag("--vmm", "The VMM process instead", on -> vmm = on)
                .words("SANDBOX", "1", "Its name", w -> names = w)
                .build();
    }

    private int call() throws IOException, InterruptedException {
        Sandbox sandbox = SandboxStore.open().get(names[0]);
        Path file = console ? sandbox.consoleLog() : vmm ? sandbox.vmmLog() : sandbox.outputLog();
        Path older = file.resolveSibling(file.getFileName() + ".1");
        if (Files.exists(older)) {
            Files.copy(older, System.out);
        }
        if (Files.exists(file) || follow) {
            print(file, sandbox);
        }
        return 0;
    }

    private void print(Path file, Sandbox sandbox) throws IOException, InterruptedException {
        while (!Files.exists(file) && sandbox.isRunning()) {
            Thread.sleep(POLL_MILLIS);
        }
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            // What was said before the end was seen is still to come after it.
            boolean last = false;
            while (true) {
                in.transferTo(System.out);
                System.out.flush();
                if (last || !follow) {
                    return;
                }
                last = !sandbox.isRunning();
                Thread.sleep(POLL_MILLIS);
            }
        }
    }
}
