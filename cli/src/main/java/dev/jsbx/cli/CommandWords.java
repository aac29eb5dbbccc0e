package dev.jsbx.cli;

import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.run.Environment;
import dev.jsbx.cli.run.GuestCommand;
import dev.jsbx.cli.terminal.DetachKeys;
import java.util.List;
import java.util.Map;

/** The options that say how a command runs in a guest, for all commands that run one. */
final class CommandWords {
    private String user = ImageAtHand.USER;
    private String workdir;
    private String detachKeys = DetachKeys.DEFAULT;
    private String[] variables = {};
    private String[] files = {};

    /** Adds them to a command. */
    Spec to(Spec spec) {
        return spec.values("-e --env", "NAME[=VALUE]", "Set a variable", v -> variables = v)
                .values("--env-file", "FILE", "Set the variables of a file", v -> files = v)
                .value("-w --workdir", "PATH", "Where the command starts", v -> workdir = v)
                .value("-u --user", "USER", "Who runs it (agent)", v -> user = v)
                .value(
                        "--detach-keys",
                        "KEYS",
                        "Typed, they leave the terminal (" + DetachKeys.DEFAULT + ")",
                        v -> detachKeys = v);
    }

    /**
     * The command, checked.
     *
     * @param defaults variables, unless given otherwise
     * @param home where it starts unless told otherwise
     */
    GuestCommand command(
            List<String> words,
            Map<String, String> defaults,
            String home,
            boolean input,
            boolean terminal) {
        Environment environment = new Environment();
        defaults.forEach((name, value) -> environment.add(name + "=" + value));
        for (String file : files) {
            environment.addFile(file);
        }
        for (String variable : variables) {
            environment.add(variable);
        }
        return new GuestCommand(
                words,
                user,
                workdir(home),
                environment,
                input,
                terminal,
                DetachKeys.parse(detachKeys));
    }

    private String workdir(String home) {
        if (workdir == null) {
            return home;
        }
        if (!workdir.startsWith("/")) {
            throw Failure.usage(
                    "the work directory " + workdir + " is not absolute: begin it with /");
        }
        return workdir;
    }
}
