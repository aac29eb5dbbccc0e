package dev.jsbx.cli.policy;

import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyFile;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import dev.jsbx.netstack.policy.Resource;
import dev.jsbx.netstack.policy.Rule;
import dev.jsbx.netstack.policy.Transport;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code policy allow}, {@code deny} and {@code rm}: all of an edit or nothing. */
public final class RuleEdits {
    private static final int SHORTEST_ID = 4;
    private static final String ID_PREFIX = "local:";

    private final PolicyFile file;
    private final PrintStream out;
    private final PrintStream err;

    public RuleEdits(PolicyFile file, PrintStream out, PrintStream err) {
        this.file = file;
        this.out = out;
        this.err = err;
    }

    /**
     * Adds rules.
     *
     * @param protocols {@code tcp}, {@code udp}, {@code icmp}, also several with commas; null for
     *     what the action usually means
     * @throws Failure with code 2 if a resource or protocol is none
     */
    public int add(
            Action action, List<String> resources, String protocols, Optional<String> sandbox) {
        List<Rule> rules = new ArrayList<>();
        Set<Transport> transports = transports(action, protocols);
        for (Resource resource : parse(resources)) {
            rules.add(new Rule(action, resource, transports, sandbox));
        }
        List<Rule> added = PolicyFailures.of(file, () -> file.add(rules));
        Policy policy = PolicyFailures.read(file);
        for (Rule rule : rules) {
            out.printf(
                    "%s policy local (scope: %s): %s (%s [%s])%n",
                    added.contains(rule) ? "Rule added to" : "Rule already in",
                    rule.scope(),
                    rule.id(),
                    rule.resource(),
                    rule.protocols());
            warnOfDeny(policy, rule);
        }
        return 0;
    }

    // On a tie deny wins, so an allow beside it changes nothing, which its author should know.
    private void warnOfDeny(Policy policy, Rule rule) {
        if (rule.action() == Action.DENY) {
            return;
        }
        policy.rulesOf(rule.sandbox()).stream()
                .filter(other -> other.action() == Action.DENY)
                .filter(other -> other.resource().equals(rule.resource()))
                .filter(other -> other.transports().containsAll(rule.transports()))
                .forEach(
                        other ->
                                err.println(
                                        "jsbx: "
                                                + other
                                                + " still wins: jsbx policy rm network --id "
                                                + other.id()));
    }

    /**
     * Removes rules by resource, in one scope, or by id in any.
     *
     * @throws Failure if there is none
     */
    public int remove(List<String> resources, List<String> ids, Optional<String> sandbox) {
        if (resources.isEmpty() && ids.isEmpty()) {
            throw Failure.usage("which rule? name its --resource or --id: see jsbx policy ls");
        }
        Policy policy = PolicyFailures.read(file);
        List<Rule> doomed = new ArrayList<>();
        for (Resource resource : parse(resources)) {
            doomed.addAll(byResource(policy, resource, sandbox));
        }
        for (String id : ids) {
            doomed.add(byId(policy, id));
        }
        PolicyFailures.of(
                file,
                () -> {
                    file.remove(doomed);
                    return null;
                });
        doomed.forEach(rule -> out.println("Policy removed: resources=" + rule.resource()));
        return 0;
    }

    private static List<Rule> byResource(
            Policy policy, Resource resource, Optional<String> sandbox) {
        List<Rule> found =
                policy.allRules().stream()
                        .filter(rule -> rule.sandbox().equals(sandbox))
                        .filter(rule -> rule.resource().equals(resource))
                        .distinct()
                        .toList();
        if (found.isEmpty()) {
            String scope = sandbox.map(name -> "of sandbox " + name).orElse("for all sandboxes");
            throw Failure.failed("no rule " + scope + " on " + resource + ": see jsbx policy ls");
        }
        return found;
    }

    /** The rule of an id, which may be shortened as long as it is unique. */
    static Rule byId(Policy policy, String given) {
        String id = given.startsWith(ID_PREFIX) ? given.substring(ID_PREFIX.length()) : given;
        List<Rule> found =
                policy.allRules().stream()
                        .filter(rule -> id.length() >= SHORTEST_ID && rule.id().startsWith(id))
                        .distinct()
                        .toList();
        if (found.size() != 1) {
            throw Failure.failed(
                    (found.isEmpty() ? "no rule has" : "several rules have")
                            + " the id "
                            + given
                            + ": see jsbx policy ls");
        }
        return found.getFirst();
    }

    private static List<Resource> parse(List<String> given) {
        try {
            return given.stream()
                    .flatMap(each -> Arrays.stream(each.split(",", -1)))
                    .map(Resource::parse)
                    .distinct()
                    .toList();
        } catch (PolicySyntaxException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private static Set<Transport> transports(Action action, String protocols) {
        if (protocols == null) {
            return Rule.defaultTransports(action);
        }
        try {
            return Arrays.stream(protocols.split(",", -1))
                    .map(Transport::parse)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Transport.class)));
        } catch (PolicySyntaxException e) {
            throw Failure.usage(e.getMessage());
        }
    }
}
