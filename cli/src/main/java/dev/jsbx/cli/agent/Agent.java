package dev.jsbx.cli.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A coding agent.
 *
 * @param name what {@code jsbx run} calls it
 * @param npm packages of npm to install, with their versions if need be
 * @param install shell lines to run as root in the sandbox after that
 * @param command what starts it
 * @param unattended arguments for work without questions
 * @param environment variables to set
 * @param hosts what it must reach
 * @param secrets services whose placeholders it is given
 */
public record Agent(
        String name,
        List<String> npm,
        List<String> install,
        List<String> command,
        List<String> unattended,
        Map<String, String> environment,
        List<String> hosts,
        List<String> secrets) {

    /** Whether something has to be installed before it can start. */
    public boolean needsInstalling() {
        return !npm.isEmpty() || !install.isEmpty();
    }

    /** The command line, with the user's own arguments at its end. */
    public List<String> commandLine(List<String> arguments) {
        List<String> line = new ArrayList<>(command);
        line.addAll(unattended);
        line.addAll(arguments);
        return line;
    }
}
