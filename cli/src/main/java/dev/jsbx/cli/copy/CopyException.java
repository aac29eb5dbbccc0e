package dev.jsbx.cli.copy;

/** A copy that was refused or failed: the thing and the reason. */
public final class CopyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CopyException(String message) {
        super(message);
    }

    public CopyException(String message, Throwable cause) {
        super(message, cause);
    }
}
