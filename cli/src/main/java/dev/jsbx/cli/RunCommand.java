package dev.jsbx.cli;

import dev.jsbx.cli.agent.Agent;
import dev.jsbx.cli.agent.AgentCatalog;
import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.run.Environment;
import dev.jsbx.cli.run.MemorySize;
import dev.jsbx.cli.run.Run;
import dev.jsbx.cli.run.RunOptions;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.terminal.DetachKeys;
import dev.jsbx.cli.terminal.RawTerminal;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx run [options] AGENT [PATH…] [-- ARG…]}, or {@code [--] COMMAND [ARG…]}. */
final class RunCommand {
    private String name;
    private String cpus;
    private String memory;
    private String image = ImageAtHand.DEFAULT;
    private String engine = "auto";
    private String network = "policy";
    private String branch;
    private boolean unguarded;
    private String user = ImageAtHand.USER;
    private String workdir;
    private String detachKeys = "ctrl-p,ctrl-q";
    private String[] volumes = {};
    private final Environment environment = new Environment();
    private String[] variables = {};
    private String[] files = {};
    private boolean terminal;
    private boolean noTerminal;
    private boolean console;
    private boolean timeline;
    private boolean quiet;
    private String[] command = {};
    private CommandSpec spec;

    CommandSpec spec() {
        spec =
                Spec.of(
                                "run",
                                "Run an agent or a command in a microVM of its own; the current directory,"
                                        + " or those named after an agent, are shared with it.",
                                this::call)
                        .value("--name", "NAME", "Name the sandbox, and keep it", v -> name = v)
                        .value("--cpus", "N", "CPUs of the guest, 1 to 8", v -> cpus = v)
                        .value("-m --memory", "SIZE", "Memory, such as 512m or 4g", v -> memory = v)
                        .value(
                                "--image",
                                "IMAGE",
                                "default, minimal or another's name",
                                v -> image = v)
                        .value("--engine", "ENGINE", "auto, kvm or qemu", v -> engine = v)
                        .value(
                                "--network",
                                "MODE",
                                "open, balanced, locked-down or none (as jsbx policy says)",
                                v -> network = v)
                        .values("-e --env", "NAME[=VALUE]", "Set a variable", v -> variables = v)
                        .values("--env-file", "FILE", "Set the variables of a file", v -> files = v)
                        .value("-w --workdir", "PATH", "Where the command starts", v -> workdir = v)
                        .value("-u --user", "USER", "Who runs it (agent)", v -> user = v)
                        .values(
                                "-v --volume",
                                "PATH[:ro]",
                                "Share another directory, at the same path",
                                v -> volumes = v)
                        .value(
                                "--branch",
                                "NAME",
                                "Work on a new branch, or \"auto\", in a clone of the repository",
                                v -> branch = v)
                        .flag(
                                "--unguard",
                                "Let .git/hooks and .git/config be changed",
                                on -> unguarded = on)
                        .flag("-t --tty", "Give the command a terminal", on -> terminal = on)
                        .flag("-T --no-tty", "Give it none", on -> noTerminal = on)
                        .value(
                                "--detach-keys",
                                "KEYS",
                                "Typed, they leave the terminal (ctrl-p,ctrl-q)",
                                v -> detachKeys = v)
                        .flag("--console", "Show the kernel's messages", on -> console = on)
                        .flag("--timeline", "Show where start-up time went", on -> timeline = on)
                        .flag("-q --quiet", "Say nothing but errors", on -> quiet = on)
                        .words(
                                "AGENT|COMMAND",
                                "1..*",
                                "An agent (see jsbx agent), directories and its arguments; or any command"
                                        + " and its arguments",
                                v -> command = v)
                        .optionsEndAtFirstWord()
                        .build();
        return spec;
    }

    private int call() throws InterruptedException {
        return new Run(options()).call();
    }

    private RunOptions options() {
        List<String> words = List.of(command);
        Agent agent = agent(words.getFirst());
        List<Workspace> workspaces = new ArrayList<>();
        if (agent != null) {
            AgentWords own = AgentWords.parse(words.subList(1, words.size()));
            words = agent.commandLine(own.arguments());
            workspaces.addAll(own.workspaces());
            agent.environment().forEach((k, v) -> environment.add(k + "=" + v));
        }
        for (String file : files) {
            environment.addFile(file);
        }
        for (String variable : variables) {
            environment.add(variable);
        }
        if (workspaces.isEmpty()) {
            workspaces.add(Workspace.of(System.getProperty("user.dir"), false));
        }
        for (String volume : volumes) {
            workspaces.add(Workspace.parse(volume));
        }
        return new RunOptions(
                name == null ? null : SandboxName.check(name),
                cpus == null ? Engine.cpusByDefault() : Engine.cpus(cpus),
                memory == null ? MemorySize.byDefault() : MemorySize.parse(memory),
                image,
                engine,
                NetworkMode.parse(network),
                branch,
                unguarded,
                environment,
                user,
                workdir(workspaces.getFirst()),
                workspaces,
                wantsTerminal(),
                DetachKeys.parse(detachKeys),
                console,
                timeline,
                quiet,
                agent == null ? "" : agent.name(),
                words);
    }

    // After a --, a word is a command even if an agent has that name.
    private Agent agent(String word) {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        int before = all.size() - command.length - 1;
        if (before >= 0 && all.get(before).equals("--")
                || !AgentCatalog.knows(Directories.config(), word)) {
            return null;
        }
        return AgentCatalog.load(Directories.config()).find(word).orElse(null);
    }

    private boolean wantsTerminal() {
        if (terminal && !RawTerminal.isInteractive()) {
            throw Failure.usage(
                    "--tty needs a terminal, and standard input or output is none: leave it out");
        }
        return terminal || !noTerminal && RawTerminal.isInteractive();
    }

    private String workdir(Workspace workspace) {
        if (workdir == null) {
            return workspace.path().toString();
        }
        if (!workdir.startsWith("/")) {
            throw Failure.usage(
                    "the work directory " + workdir + " is not absolute: begin it with /");
        }
        return workdir;
    }
}
