package dev.jsbx.netstack.policy;

/** A rule, mode or policy file that is none. The message is one line for the user. */
public final class PolicySyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public PolicySyntaxException(String message) {
        super(message);
    }

    PolicySyntaxException(String message, Throwable cause) {
        super(message, cause);
    }
}
