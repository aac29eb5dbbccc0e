package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import java.util.Optional;

/**
 * What a sandbox's network is, as {@code --network} has it.
 *
 * @param card whether the guest has a network card at all
 * @param mode in place of the policy's own, which counts where this is empty
 */
public record NetworkMode(boolean card, Optional<Mode> mode) {
    /** No card. */
    public static final NetworkMode NONE = new NetworkMode(false, Optional.empty());

    /** As the policy says. */
    public static final NetworkMode BY_POLICY = new NetworkMode(true, Optional.empty());

    private static final String NONE_TEXT = "none";
    private static final String BY_POLICY_TEXT = "policy";

    /**
     * Reads what {@link #text} writes, and what users write.
     *
     * @throws Failure with code 2, naming the accepted ones
     */
    public static NetworkMode parse(String text) {
        if (text.equals(NONE_TEXT)) {
            return NONE;
        }
        if (text.equals(BY_POLICY_TEXT)) {
            return BY_POLICY;
        }
        try {
            return new NetworkMode(true, Optional.of(Mode.parse(text)));
        } catch (PolicySyntaxException e) {
            throw Failure.usage(
                    "there is no network mode "
                            + text
                            + ": use open, balanced, locked-down, none, or policy for what jsbx"
                            + " policy says");
        }
    }

    /** One word. */
    public String text() {
        return !card ? NONE_TEXT : mode.map(Mode::text).orElse(BY_POLICY_TEXT);
    }
}
