package dev.jsbx.netstack.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * What a sandbox may reach because of what it is for. Its rules stand beside those of the policy
 * file as if they were there: a more specific rule of the user's, or one that denies the very same,
 * wins.
 *
 * @param source where they come from, such as {@code agent claude}
 * @param rules each with the sandbox's name in it
 */
public record Grant(String source, List<Rule> rules) {
    /** Nothing. */
    public static final Grant NONE = new Grant("", List.of());

    private static final int HTTPS = 443;

    public Grant {
        rules = List.copyOf(rules);
    }

    /**
     * TCP to some hosts, to port 443 where none is named.
     *
     * @param hosts resources, as in a policy file
     * @throws PolicySyntaxException if one is none
     */
    public static Grant of(String source, String sandbox, List<String> hosts) {
        List<Rule> rules = new ArrayList<>();
        for (String host : hosts) {
            Resource resource = Resource.parse(host);
            String withPort = resource.port() == Resource.ANY_PORT ? host + ":" + HTTPS : host;
            rules.add(Rule.of(Action.ALLOW, withPort).in(sandbox));
        }
        return new Grant(source, rules);
    }
}
