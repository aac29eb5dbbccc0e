package dev.jsbx.cli;

import dev.jsbx.cli.run.Exec;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.terminal.DetachKeys;
import dev.jsbx.cli.terminal.RawTerminal;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx attach SANDBOX}. */
final class AttachCommand {
    private String detachKeys = DetachKeys.DEFAULT;
    private String[] words = {};

    CommandSpec spec() {
        return Spec.of(
                        "attach",
                        "Come back to the terminal that was left last with the detach keys.",
                        this::call)
                .value(
                        "--detach-keys",
                        "KEYS",
                        "Typed, they leave the terminal (" + DetachKeys.DEFAULT + ")",
                        v -> detachKeys = v)
                .words("SANDBOX", "1", "The sandbox", w -> words = w)
                .build();
    }

    private int call() throws InterruptedException {
        Sandbox sandbox = SandboxStore.open().get(words[0]);
        DetachKeys keys = DetachKeys.parse(detachKeys);
        if (!RawTerminal.isInteractive()) {
            throw Failure.usage(
                    "attach needs a terminal, and standard input or output is none: see what the"
                            + " command says with jsbx logs "
                            + sandbox.name());
        }
        return Exec.back(sandbox, keys);
    }
}
