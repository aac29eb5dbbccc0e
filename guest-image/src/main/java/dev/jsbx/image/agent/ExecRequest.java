package dev.jsbx.image.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A command for the guest.
 *
 * @param argv program and arguments; a program without slash is looked up in the guest's PATH
 * @param user name or number; empty for the agent's own, which is root in a guest
 * @param directory where to start; empty for the user's home
 * @param environment added to the login environment (HOME, USER, LOGNAME, SHELL, PATH, LANG, and
 *     TERM with a terminal), or instead of it if {@code clean}
 * @param clean whether there is no login environment
 * @param detached whether the command goes on by itself, without stdio
 * @param terminal size of its terminal, or null for pipes
 */
public record ExecRequest(
        List<String> argv,
        String user,
        String directory,
        Map<String, String> environment,
        boolean clean,
        boolean detached,
        TerminalSize terminal) {

    public ExecRequest {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        if (argv.isEmpty() || argv.getFirst().isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
    }

    /** A command as the agent's own user in that user's home, on pipes. */
    public static ExecRequest of(String... argv) {
        return new ExecRequest(List.of(argv), "", "", Map.of(), false, false, null);
    }

    public ExecRequest withUser(String name) {
        return new ExecRequest(argv, name, directory, environment, clean, detached, terminal);
    }

    public ExecRequest withDirectory(String path) {
        return new ExecRequest(argv, user, path, environment, clean, detached, terminal);
    }

    public ExecRequest withEnvironment(Map<String, String> values) {
        return new ExecRequest(argv, user, directory, values, clean, detached, terminal);
    }

    public ExecRequest withCleanEnvironment() {
        return new ExecRequest(argv, user, directory, environment, true, detached, terminal);
    }

    public ExecRequest withTerminal(TerminalSize size) {
        return new ExecRequest(argv, user, directory, environment, clean, detached, size);
    }

    public ExecRequest withoutStdio() {
        return new ExecRequest(argv, user, directory, environment, clean, true, null);
    }

    Payload payload() throws AgentException {
        int flags =
                (terminal != null ? Protocol.EXEC_TTY : 0)
                        | (detached ? Protocol.EXEC_DETACHED : 0)
                        | (clean ? Protocol.EXEC_CLEAN : 0);
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        TerminalSize size = terminal != null ? terminal : new TerminalSize(0, 0);
        return new Payload()
                .u32(flags)
                .u16(size.rows())
                .u16(size.columns())
                .text(user)
                .text(directory)
                .texts(argv)
                .texts(variables);
    }
}
