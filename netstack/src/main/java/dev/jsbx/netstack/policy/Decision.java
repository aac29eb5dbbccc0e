package dev.jsbx.netstack.policy;

import java.util.Objects;

/**
 * What policy says to a connection, and why. Decisions are made when a policy is compiled; deciding
 * only picks one, so they can be compared by identity and kept for as long as one likes.
 *
 * @param allowed whether the connection may be made
 * @param kind what decided
 * @param rule the rule or default in one phrase, such as {@code deny *.ads.example (global)}
 * @param reason why, in words for the user; one line, and it names the next step if denied
 */
public record Decision(boolean allowed, Kind kind, String rule, String reason) {
    /** What decided. */
    public enum Kind {
        /** A rule that a user wrote. */
        RULE,
        /** No rule spoke of it, so the mode decided. */
        MODE,
        /** The address is not public, and no rule opens it. */
        GUARD,
        /** QUIC, which is refused so that clients fall back to TCP. */
        QUIC,
        /** Names that the peer gave contradict each other or the address. */
        NAMES,
        /** More queries than an honest client makes. */
        LIMIT,
        /** A secret, or what stands for one, is where it may not be. */
        SECRET,
        /** The policy cannot be read. */
        BROKEN
    }

    public Decision {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(rule);
        Objects.requireNonNull(reason);
    }

    /** {@code allow} or {@code deny}, as in the audit log. */
    public String action() {
        return allowed ? "allow" : "deny";
    }
}
