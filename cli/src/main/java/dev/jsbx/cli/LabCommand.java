package dev.jsbx.cli;

import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.lab.Lab;
import dev.jsbx.cli.run.CreateOptions;
import dev.jsbx.cli.run.Environment;
import dev.jsbx.cli.run.GuestCommand;
import dev.jsbx.cli.run.MemorySize;
import dev.jsbx.cli.run.Run;
import dev.jsbx.cli.run.RunOptions;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.terminal.DetachKeys;
import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.image.lab.LabContents;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx lab [options] [-- COMMAND [ARG…]]}. */
final class LabCommand {
    private static final String[] SHELL = {"/bin/bash"};

    private String cpus;
    private String memory;
    private String[] volumes = {};
    private String[] variables = {};
    private final Environment environment = new Environment();
    private boolean noTerminal;
    private boolean console;
    private boolean timeline;
    private boolean quiet;
    private String[] command = SHELL;

    CommandSpec spec() {
        return Spec.of(
                        "lab",
                        "Run a command, or a shell, as root on an emulated KVM host that has jsbx"
                                + " on its PATH.",
                        this::call)
                .value(
                        "--cpus",
                        "N",
                        "CPUs of the host, 1 to 8 (1; more may crash it)",
                        v -> cpus = v)
                .value("-m --memory", "SIZE", "Its memory (3g)", v -> memory = v)
                .values("-e --env", "NAME[=VALUE]", "Set a variable", v -> variables = v)
                .values(
                        "-v --volume",
                        "PATH[:ro]",
                        "Share another directory, at the same path",
                        v -> volumes = v)
                .flag("-T --no-tty", "Give the command no terminal", on -> noTerminal = on)
                .flag("--console", "Show the lab's kernel's messages", on -> console = on)
                .flag("--timeline", "Show where start-up time went", on -> timeline = on)
                .flag("-q --quiet", "Say nothing but errors", on -> quiet = on)
                .words("COMMAND", "0..*", "Command and arguments", v -> command = v)
                .optionsEndAtFirstWord()
                .build();
    }

    private int call() throws InterruptedException {
        Lab.makeImages(quiet);
        return new Run(options()).call();
    }

    private RunOptions options() {
        Lab.addTo(environment);
        for (String variable : variables) {
            environment.add(variable);
        }
        List<Workspace> workspaces = new ArrayList<>();
        workspaces.add(Workspace.of(System.getProperty("user.dir"), false));
        for (String volume : volumes) {
            workspaces.add(Workspace.parse(volume));
        }
        CreateOptions create =
                new CreateOptions(
                        null,
                        true,
                        cpus == null ? Lab.CPUS : Engine.cpus(cpus),
                        memory == null ? Lab.MEMORY : MemorySize.parse(memory),
                        LabContents.NAME,
                        "qemu",
                        NetworkMode.NONE,
                        null,
                        true,
                        Lab.shares(workspaces),
                        "",
                        List.of(),
                        0,
                        SandboxConfig.IDLE);
        GuestCommand words =
                new GuestCommand(
                        List.of(command),
                        "root",
                        workspaces.getFirst().path().toString(),
                        environment,
                        true,
                        !noTerminal && RawTerminal.isInteractive(),
                        DetachKeys.parse("ctrl-p,ctrl-q"));
        return new RunOptions(null, create, words, false, console, timeline, quiet);
    }
}
