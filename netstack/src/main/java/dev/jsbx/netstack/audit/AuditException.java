package dev.jsbx.netstack.audit;

/**
 * An attempt could not be written down, so it must not be made. Unchecked, because whoever forgets
 * it refuses the connection: the stack drops what its policy throws at.
 */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AuditException(String message) {
        super(message);
    }

    AuditException(String message, Throwable cause) {
        super(message, cause);
    }
}
