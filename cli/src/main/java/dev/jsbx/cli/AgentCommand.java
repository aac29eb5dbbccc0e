package dev.jsbx.cli;

import dev.jsbx.cli.agent.Agent;
import dev.jsbx.cli.agent.AgentCatalog;
import dev.jsbx.cli.agent.AgentStore;
import dev.jsbx.cli.agent.InstalledAgent;
import dev.jsbx.cli.run.AgentWork;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.terminal.Columns;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx agent ls|install|rm}. */
final class AgentCommand {
    private boolean quiet;
    private boolean update;
    private String engine = "auto";
    private String[] names = {};

    CommandSpec spec() {
        CommandSpec spec =
                Spec.of("agent", "List, install or remove coding agents.", this::list).build();
        spec.addSubcommand(
                "ls",
                Spec.of("ls", "List the agents that jsbx run knows by name.", this::list)
                        .flag("-q --quiet", "Print names only", on -> quiet = on)
                        .build());
        spec.addSubcommand(
                "install",
                Spec.of(
                                "install",
                                "Install agents, which jsbx run does when it first needs one.",
                                this::install)
                        .flag("-u --update", "With the newest packages", on -> update = on)
                        .flag("-q --quiet", "Say nothing but errors", on -> quiet = on)
                        .value("--engine", "ENGINE", "auto, kvm or qemu", v -> engine = v)
                        .words("AGENT", "1..*", "Names, see jsbx agent ls", w -> names = w)
                        .build());
        spec.addSubcommand(
                "rm",
                Spec.of("rm", "Remove what was installed; sandboxes keep theirs.", this::remove)
                        .words("AGENT", "1..*", "Names, see jsbx agent ls", w -> names = w)
                        .build());
        return spec;
    }

    private int list() {
        AgentCatalog catalog = AgentCatalog.load(Directories.config());
        if (quiet) {
            catalog.all().forEach(agent -> System.out.println(agent.name()));
            return 0;
        }
        Columns columns = new Columns("AGENT", "COMMAND", "INSTALLED", "SIZE");
        for (Agent agent : catalog.all()) {
            Optional<InstalledAgent> installed = store().find(agent);
            columns.row(
                    agent.name(),
                    String.join(" ", agent.commandLine(List.of())),
                    installed.map(AgentCommand::described).orElse(whenNot(agent)),
                    installed.isPresent() ? size(installed.get()) : "");
        }
        columns.print(System.out);
        return 0;
    }

    private static String described(InstalledAgent installed) {
        return installed.packages().isEmpty()
                ? installed.created().toString()
                : String.join(" ", installed.packages());
    }

    private static String whenNot(Agent agent) {
        return agent.needsInstalling() ? "when first run" : "in every image";
    }

    private static String size(InstalledAgent installed) {
        return String.format(Locale.ROOT, "%.1f MiB", installed.size() / 1048576.0);
    }

    private int install() throws InterruptedException {
        for (Agent agent : named()) {
            if (agent.needsInstalling()) {
                AgentWork.install(agent, engine, quiet, update);
            } else if (!quiet) {
                System.err.println("jsbx: agent " + agent.name() + " needs no installing");
            }
        }
        return 0;
    }

    private int remove() throws IOException, InterruptedException {
        for (Agent agent : named()) {
            if (!store().remove(agent)) {
                throw Failure.failed(
                        "the agent " + agent.name() + " is not installed: see jsbx agent ls");
            }
        }
        return 0;
    }

    private List<Agent> named() {
        AgentCatalog catalog = AgentCatalog.load(Directories.config());
        return List.of(names).stream()
                .map(
                        name ->
                                catalog.find(name)
                                        .orElseThrow(
                                                () ->
                                                        Failure.failed(
                                                                "there is no agent "
                                                                        + name
                                                                        + ": see jsbx agent ls,"
                                                                        + " or add it to "
                                                                        + AgentCatalog.file(
                                                                                Directories
                                                                                        .config()))))
                .toList();
    }

    private static AgentStore store() {
        return new AgentStore(Directories.cache());
    }
}
