package dev.jsbx.cli.branch;

/** What cannot be done with a branch, in one line: the thing, the reason and the next step. */
public final class BranchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BranchException(String message) {
        super(message);
    }

    public BranchException(String message, Throwable cause) {
        super(message, cause);
    }
}
