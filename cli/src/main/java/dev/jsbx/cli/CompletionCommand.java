package dev.jsbx.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx completion bash|zsh}: the script goes to standard output. */
final class CompletionCommand {
    private String shell = "bash";

    CommandSpec spec() {
        return Spec.of(
                        "completion",
                        "Print a completion script; use it as: eval \"$(jsbx completion bash)\".",
                        this::call)
                .words("SHELL", "0..1", "bash (the default) or zsh", words -> shell = words[0])
                .build();
    }

    private int call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw Failure.usage("no completion for " + shell + ": there is one for bash and zsh");
        }
        // zsh reads the same script through bashcompinit, which the script itself loads.
        System.out.print(AutoComplete.bash("jsbx", Jsbx.withAllCommands()));
        return 0;
    }
}
