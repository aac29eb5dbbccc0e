package dev.jsbx.netstack.policy;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One line of a policy.
 *
 * @param action what becomes of a connection that it decides
 * @param resource which connections it matches
 * @param transports which of them by transport; not empty
 * @param sandbox the one sandbox it is for; empty for all
 */
public record Rule(
        Action action, Resource resource, Set<Transport> transports, Optional<String> sandbox) {
    private static final Set<Transport> TCP_ONLY = Set.of(Transport.TCP);
    private static final Set<Transport> ALL = Set.of(Transport.values());

    public Rule {
        Objects.requireNonNull(action);
        Objects.requireNonNull(resource);
        Objects.requireNonNull(sandbox);
        transports = Set.copyOf(transports);
        if (transports.isEmpty()) {
            throw new PolicySyntaxException("a rule is for tcp, udp or icmp, not for none of them");
        }
    }

    /** A rule for all sandboxes with the usual transports. */
    public static Rule of(Action action, String resource) {
        return new Rule(
                action, Resource.parse(resource), defaultTransports(action), Optional.empty());
    }

    /** What a rule means that names no transport: allow opens TCP, deny closes everything. */
    public static Set<Transport> defaultTransports(Action action) {
        return action == Action.ALLOW ? TCP_ONLY : ALL;
    }

    /** The same rule for one sandbox only. */
    public Rule in(String name) {
        return new Rule(action, resource, transports, Optional.of(name));
    }

    /**
     * A name that the rule keeps as long as it says the same: a UUID of version 3 made from what it
     * says, so that the policy file needs to hold none.
     */
    public String id() {
        String text = "jsbx " + scope() + ' ' + action.text() + ' ' + resource + ' ' + protocols();
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** {@code global} or {@code sandbox:NAME}. */
    public String scope() {
        return sandbox.map(name -> "sandbox:" + name).orElse("global");
    }

    /** The transports, such as {@code tcp,udp}. */
    public String protocols() {
        return EnumSet.copyOf(transports).stream()
                .map(Transport::text)
                .collect(Collectors.joining(","));
    }

    /** Whether a connection falls under it; host and address may be unknown (null). */
    public boolean matches(Transport transport, String host, Ip address, int port) {
        return transports.contains(transport) && resource.matches(host, address, port);
    }

    /** Whether this one decides when both match: the more specific one, and deny on a tie. */
    public boolean beats(Rule other) {
        int order = resource.compareSpecificity(other.resource);
        return order > 0 || order == 0 && action == Action.DENY && other.action == Action.ALLOW;
    }

    /** What the audit log calls it, such as {@code allow github.com:443 (global)}. */
    @Override
    public String toString() {
        String udp = transports.equals(defaultTransports(action)) ? "" : " " + protocols();
        return action.text() + ' ' + resource + udp + " (" + scope() + ')';
    }
}
