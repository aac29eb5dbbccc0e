package dev.jsbx.netstack.policy;

import java.util.List;
import java.util.Optional;

/**
 * What a policy file says of one sandbox.
 *
 * @param mode its mode; empty for the global one
 * @param rules its rules, each with the sandbox's name in it
 */
public record SandboxPolicy(Optional<Mode> mode, List<Rule> rules) {
    public SandboxPolicy {
        rules = List.copyOf(rules);
    }
}
