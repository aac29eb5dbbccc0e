package dev.jsbx.netstack.policy;

import java.util.Locale;

/** What becomes of a connection that no rule speaks of. */
public enum Mode {
    /** Everything is allowed. */
    OPEN("open", "Open", "All network traffic allowed, no restrictions."),

    /** TCP to the internet is allowed; the host and non-public addresses are not. */
    BALANCED(
            "balanced",
            "Balanced",
            "Internet allowed; the host and private networks blocked unless you allow them."),

    /** Nothing is allowed. */
    LOCKED_DOWN("locked-down", "Locked Down", "All network traffic blocked unless you allow it.");

    /** The mode where nobody chose one. */
    public static final Mode DEFAULT = BALANCED;

    private final String text;
    private final String title;
    private final String description;

    Mode(String text, String title, String description) {
        this.text = text;
        this.title = title;
        this.description = description;
    }

    /** As written in the policy file and on the command line. */
    public String text() {
        return text;
    }

    /** As a heading. */
    public String title() {
        return title;
    }

    /** One sentence. */
    public String description() {
        return description;
    }

    /**
     * Reads a user's spelling; {@code allow-all} and {@code deny-all} are {@code sbx}'s.
     *
     * @throws PolicySyntaxException naming the accepted ones
     */
    public static Mode parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "open", "allow-all" -> OPEN;
            case "balanced" -> BALANCED;
            case "locked-down", "deny-all" -> LOCKED_DOWN;
            default ->
                    throw new PolicySyntaxException(
                            "unknown mode \"" + text + "\": use open, balanced or locked-down");
        };
    }
}
