package dev.jsbx.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx completion bash|zsh}: the script goes to standard output. */
final class CompletionCommand {
    private static final String LIVE = "completion.bash";

    private String shell = "bash";

    CommandSpec spec() {
        return Spec.of(
                        "completion",
                        "Print a completion script; use it as: eval \"$(jsbx completion bash)\".",
                        this::call)
                .words("SHELL", "0..1", "bash (the default) or zsh", words -> shell = words[0])
                .build();
    }

    private int call() throws IOException {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw Failure.usage("no completion for " + shell + ": there is one for bash and zsh");
        }
        // zsh reads the same script through bashcompinit, which the script itself loads.
        System.out.print(script());
        return 0;
    }

    /** Commands and options, which picocli knows, and names, which the script asks jsbx for. */
    static String script() throws IOException {
        try (InputStream live = CompletionCommand.class.getResourceAsStream(LIVE)) {
            return AutoComplete.bash("jsbx", Jsbx.withAllCommands())
                    + new String(live.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
