package dev.jsbx.cli;

import dev.jsbx.cli.run.Exec;
import dev.jsbx.cli.run.GuestCommand;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.terminal.RawTerminal;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx exec [options] SANDBOX COMMAND [ARG…]}. */
final class ExecCommand {
    private final CommandWords how = new CommandWords();
    private boolean interactive;
    private boolean terminal;
    private boolean detached;
    private String[] words = {};

    CommandSpec spec() {
        return how.to(
                        Spec.of(
                                "exec",
                                "Run a command in a sandbox, which is started if need be.",
                                this::call))
                .flag("-i --interactive", "Give it standard input", on -> interactive = on)
                .flag("-t --tty", "Give it a terminal", on -> terminal = on)
                .flag("-d --detach", "Leave it running; see jsbx logs", on -> detached = on)
                .words("SANDBOX COMMAND", "1..*", "Sandbox, command and arguments", w -> words = w)
                .optionsEndAtFirstWord()
                .build();
    }

    private int call() throws InterruptedException {
        Sandbox sandbox = SandboxStore.open().get(words[0]);
        List<String> command = List.of(words).subList(1, words.length);
        if (!command.isEmpty() && command.getFirst().equals("--")) {
            command = command.subList(1, command.size());
        }
        if (command.isEmpty()) {
            throw Failure.usage(
                    "no command to run in " + sandbox.name() + ": name one after the sandbox");
        }
        if (terminal && !RawTerminal.isInteractive()) {
            throw Failure.usage(
                    "--tty needs a terminal, and standard input or output is none: leave it out");
        }
        String home = SandboxStore.config(sandbox).workspaces().getFirst().path().toString();
        GuestCommand guest = how.command(command, Map.of(), home, interactive, terminal);
        if (detached) {
            Exec.detached(sandbox, guest);
            return 0;
        }
        return Exec.attached(sandbox, guest);
    }
}
