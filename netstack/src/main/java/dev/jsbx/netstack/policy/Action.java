package dev.jsbx.netstack.policy;

/** What a rule does with what it matches. */
public enum Action {
    ALLOW,
    DENY;

    /** {@code allow} or {@code deny}, as in the policy file. */
    public String text() {
        return this == ALLOW ? "allow" : "deny";
    }
}
