package dev.jsbx.cli;

/**
 * Something that the user is told in one line: the thing, the reason, the next step. Thrown by
 * commands and what they call; {@link Jsbx} prints the message and ends with the exit code.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A command failed. */
    public static final int FAILED = 1;

    /** The command line was wrong. */
    public static final int USAGE = 2;

    /** jsbx failed before or beside the guest's command, whose own codes end at 124. */
    public static final int OWN = 125;

    private final int exitCode;

    private Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** A command failed: exit code 1. */
    public static Failure failed(String message) {
        return new Failure(FAILED, message, null);
    }

    /** The command line was wrong: exit code 2. */
    public static Failure usage(String message) {
        return new Failure(USAGE, message, null);
    }

    /** jsbx itself failed: exit code 125. */
    public static Failure own(String message) {
        return new Failure(OWN, message, null);
    }

    /** The same with its cause, whose stack {@code --debug} shows. */
    public static Failure own(String message, Throwable cause) {
        return new Failure(OWN, message, cause);
    }

    public int exitCode() {
        return exitCode;
    }
}
