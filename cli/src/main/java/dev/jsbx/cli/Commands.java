package dev.jsbx.cli;

import java.util.List;
import picocli.CommandLine;

/** Every command by name. A new one is a row in {@link #NAMES} and a case in {@link #create}. */
final class Commands {
    /** In the order of {@code jsbx --help}. */
    static final List<String> NAMES =
            List.of(
                    "run",
                    "create",
                    "exec",
                    "ls",
                    "start",
                    "stop",
                    "rm",
                    "ports",
                    "cp",
                    "logs",
                    "inspect",
                    "prune",
                    "reset",
                    "agent",
                    "branch",
                    "review",
                    "policy",
                    "secret",
                    "image",
                    "lab",
                    "vhost-user",
                    "dashboard",
                    "diagnose",
                    "version",
                    "completion");

    private Commands() {}

    /** A fresh command, or null if there is none of that name. */
    static CommandLine create(String name) {
        return switch (name) {
            case "run" -> new CommandLine(new RunCommand().spec());
            case "create" -> new CommandLine(new CreateCommand().spec());
            case "exec" -> new CommandLine(new ExecCommand().spec());
            case "start" -> new CommandLine(new StartCommand().spec());
            case "stop" -> new CommandLine(new StopCommand().spec());
            case "cp" -> new CommandLine(new CopyCommand().spec());
            case "logs" -> new CommandLine(new LogsCommand().spec());
            case "inspect" -> new CommandLine(new InspectCommand().spec());
            case "prune" -> new CommandLine(new PruneCommand().spec());
            case "reset" -> new CommandLine(new ResetCommand().spec());
            case "ls" -> new CommandLine(new ListCommand().spec());
            case "rm" -> new CommandLine(new RemoveCommand().spec());
            case "agent" -> new CommandLine(new AgentCommand().spec());
            case "ports" -> new CommandLine(new PortsCommand().spec());
            case "branch" -> new CommandLine(new BranchCommand().spec());
            case "review" -> new CommandLine(new ReviewCommand().spec());
            case "policy" -> new CommandLine(new PolicyCommand().spec());
            case "secret" -> new CommandLine(new SecretCommand().spec());
            case "image" -> new CommandLine(new ImageCommand().spec());
            case "lab" -> new CommandLine(new LabCommand().spec());
            case "vhost-user" -> new CommandLine(new VhostUserCommand().spec());
            case "dashboard" -> new CommandLine(new DashboardCommand().spec());
            case "diagnose" -> new CommandLine(new DiagnoseCommand().spec());
            case "version" -> new CommandLine(new VersionCommand().spec());
            case "completion" -> new CommandLine(new CompletionCommand().spec());
            default -> null;
        };
    }
}
