package dev.jsbx.cli;

import dev.jsbx.cli.run.Create;
import dev.jsbx.cli.run.CreateOptions;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.Workspace;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx create [options] [AGENT] [PATH…]}: a sandbox that is not started yet. */
final class CreateCommand {
    private final CreateWords create = new CreateWords();
    private boolean quiet;
    private String[] words = {};

    CommandSpec spec() {
        return create.to(
                        Spec.of(
                                "create",
                                "Make a sandbox, for an agent or for any command, without starting"
                                        + " it.",
                                this::call))
                .flag("-q --quiet", "Print its name only", on -> quiet = on)
                .words(
                        "AGENT|PATH",
                        "0..*",
                        "An agent (see jsbx agent), and the directories to share",
                        w -> words = w)
                .build();
    }

    private int call() throws InterruptedException {
        RunWords meant = RunWords.ofCreate(List.of(words), create.name());
        List<Workspace> workspaces =
                meant.workspaces().isEmpty()
                        ? List.of(Workspace.of(System.getProperty("user.dir"), false))
                        : meant.workspaces();
        String name =
                meant.name() == null
                        ? SandboxName.of("shell", workspaces.getFirst().path())
                        : meant.name();
        CreateOptions options = create.options(name, false, workspaces, meant.agent());
        Create.call(options, quiet);
        if (quiet) {
            System.out.println(name);
            return 0;
        }
        System.out.println("Created sandbox '" + name + "'");
        System.out.println("  Workspace: " + workspaces.getFirst().path());
        System.out.println("  Agent: " + (meant.agent().isEmpty() ? "none" : meant.agent()));
        System.out.println();
        System.out.println("To connect to this sandbox, run:");
        System.out.println("  jsbx run --name " + name);
        return 0;
    }
}
