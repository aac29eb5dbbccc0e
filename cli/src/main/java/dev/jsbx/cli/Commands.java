package dev.jsbx.cli;

import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Every command by name. A new one is a row in {@link #NAMES} and a case in {@link #create}. */
final class Commands {
    /** In the order of {@code jsbx --help}. */
    static final List<String> NAMES =
            List.of(
                    "run",
                    "create",
                    "exec",
                    "attach",
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

    // Those that say something about jsbx itself make no system calls of their own.
    private static final Set<String> ABOUT = Set.of("version", "completion", "agent");

    private static final Set<String> ENTERING = Set.of("run", "exec", "attach", "start", "cp");

    /** Whether the command of a name, null for none, looks at sandboxes. */
    static boolean usesSandboxes(String name) {
        return name != null && !ABOUT.contains(name);
    }

    /** Whether the command of a name, null for none, always talks to a VMM process. */
    static boolean entersSandboxes(String name) {
        return name != null && ENTERING.contains(name);
    }

    /** Whether the command of a name, null for none, always opens a repository. */
    static boolean usesGit(String name) {
        return "branch".equals(name);
    }

    /** A fresh command, or null if there is none of that name. */
    static CommandLine create(String name) {
        CommandSpec spec = spec(name);
        return spec == null ? null : Spec.line(spec);
    }

    private static CommandSpec spec(String name) {
        return switch (name) {
            case "run" -> new RunCommand().spec();
            case "create" -> new CreateCommand().spec();
            case "exec" -> new ExecCommand().spec();
            case "attach" -> new AttachCommand().spec();
            case "start" -> new StartCommand().spec();
            case "stop" -> new StopCommand().spec();
            case "cp" -> new CopyCommand().spec();
            case "logs" -> new LogsCommand().spec();
            case "inspect" -> new InspectCommand().spec();
            case "prune" -> new PruneCommand().spec();
            case "reset" -> new ResetCommand().spec();
            case "ls" -> new ListCommand().spec();
            case "rm" -> new RemoveCommand().spec();
            case "agent" -> new AgentCommand().spec();
            case "ports" -> new PortsCommand().spec();
            case "branch" -> new BranchCommand().spec();
            case "review" -> new ReviewCommand().spec();
            case "policy" -> new PolicyCommand().spec();
            case "secret" -> new SecretCommand().spec();
            case "image" -> new ImageCommand().spec();
            case "lab" -> new LabCommand().spec();
            case "vhost-user" -> new VhostUserCommand().spec();
            case "dashboard" -> new DashboardCommand().spec();
            case "diagnose" -> new DiagnoseCommand().spec();
            case "version" -> new VersionCommand().spec();
            case "completion" -> new CompletionCommand().spec();
            default -> null;
        };
    }
}
