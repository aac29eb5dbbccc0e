package dev.jsbx.cli;

import dev.jsbx.cli.run.GuestCommand;
import dev.jsbx.cli.run.Run;
import dev.jsbx.cli.run.RunOptions;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.terminal.RawTerminal;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx run [options]} and {@link RunWords what is to run}. */
final class RunCommand {
    /** What runs where nothing was named. */
    static final List<String> SHELL =
            List.of("/bin/sh", "-c", "command -v bash >/dev/null && exec bash -l; exec sh -l");

    private final CreateWords create = new CreateWords();
    private final CommandWords how = new CommandWords();
    private CommandSpec spec;
    private boolean terminal;
    private boolean noTerminal;
    private boolean detached;
    private boolean remove;
    private boolean console;
    private boolean timeline;
    private boolean quiet;
    private String[] words = {};

    CommandSpec spec() {
        Spec options =
                Spec.of(
                        "run",
                        "Run an agent or a command in a microVM of its own, or in a sandbox that"
                                + " there is; the current directory, or those named after an"
                                + " agent, are shared with a new one.",
                        this::call);
        spec =
                how.to(create.to(options))
                        .flag("-t --tty", "Give the command a terminal", on -> terminal = on)
                        .flag("-T --no-tty", "Give it none", on -> noTerminal = on)
                        .flag(
                                "-d --detach --detached",
                                "Leave it running, with or without a command",
                                on -> detached = on)
                        .flag("--rm", "Remove the sandbox at the end", on -> remove = on)
                        .flag("--console", "Show the kernel's messages", on -> console = on)
                        .flag("--timeline", "Show where start-up time went", on -> timeline = on)
                        .flag("-q --quiet", "Say nothing but errors", on -> quiet = on)
                        .words(
                                "AGENT|SANDBOX|COMMAND",
                                "0..*",
                                "An agent (see jsbx agent), directories and its arguments; or any"
                                        + " command and its arguments, after the name of a"
                                        + " sandbox if it is to run there",
                                v -> words = v)
                        .optionsEndAtFirstWord()
                        .build();
        return spec;
    }

    private int call() throws InterruptedException {
        return new Run(options()).call();
    }

    private RunOptions options() {
        if (remove && detached) {
            throw Failure.usage("--rm and --detach contradict each other: leave one out");
        }
        RunWords meant = RunWords.of(List.of(words), dashesBefore(), create.name());
        List<Workspace> workspaces =
                meant.workspaces().isEmpty()
                        ? List.of(Workspace.of(System.getProperty("user.dir"), false))
                        : meant.workspaces();
        boolean ephemeral = remove || meant.name() == null && !create.hasBranch() && !detached;
        return new RunOptions(
                meant.name(),
                create.options(meant.name(), ephemeral, workspaces, meant.agent()),
                command(meant, workspaces.getFirst()),
                detached,
                console,
                timeline,
                quiet);
    }

    private GuestCommand command(RunWords meant, Workspace primary) {
        Workspace home =
                meant.existing()
                        .map(sandbox -> SandboxStore.config(sandbox).workspaces().getFirst())
                        .orElse(primary);
        // Nobody talks to an agent that nobody is attached to: its sandbox is only made ready.
        boolean nothing = meant.command().isEmpty() || detached && !meant.agent().isEmpty();
        return how.command(
                nothing ? detached ? List.of() : SHELL : meant.command(),
                meant.environment(),
                home.path().toString(),
                true,
                !detached && wantsTerminal());
    }

    // All that follows is then a command.
    private boolean dashesBefore() {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        int before = all.size() - words.length - 1;
        return before >= 0 && all.get(before).equals("--");
    }

    private boolean wantsTerminal() {
        if (terminal && !RawTerminal.isInteractive()) {
            throw Failure.usage(
                    "--tty needs a terminal, and standard input or output is none: leave it out");
        }
        return terminal || !noTerminal && RawTerminal.isInteractive();
    }
}
