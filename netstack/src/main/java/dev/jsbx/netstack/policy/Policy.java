package dev.jsbx.netstack.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a policy file says.
 *
 * @param mode for sandboxes that have none of their own
 * @param rules for all sandboxes
 * @param sandboxes what is for one of them only, by name
 * @param allowsUnlogged whether connections may be made that cannot be written down
 */
public record Policy(
        Optional<Mode> mode,
        List<Rule> rules,
        Map<String, SandboxPolicy> sandboxes,
        boolean allowsUnlogged) {
    /** The policy of who has written none. */
    public static final Policy EMPTY = new Policy(Optional.empty(), List.of(), Map.of());

    public Policy {
        rules = List.copyOf(rules);
        sandboxes = Map.copyOf(sandboxes);
    }

    /** A policy under which nothing goes unlogged. */
    public Policy(Optional<Mode> mode, List<Rule> rules, Map<String, SandboxPolicy> sandboxes) {
        this(mode, rules, sandboxes, false);
    }

    /** The mode for sandboxes that have none of their own. */
    public Mode globalMode() {
        return mode.orElse(Mode.DEFAULT);
    }

    /** The mode of a sandbox: its own, else the global one. */
    public Mode modeOf(Optional<String> sandbox) {
        return sandbox.map(sandboxes::get).flatMap(SandboxPolicy::mode).orElse(globalMode());
    }

    /**
     * The rules that are for a sandbox: the global ones and its own, which stand side by side.
     * Among both the most specific wins, and deny on a tie; so a sandbox's rule never undoes a
     * global deny of the very same resource.
     */
    public List<Rule> rulesOf(Optional<String> sandbox) {
        List<Rule> all = new ArrayList<>(rules);
        sandbox.map(sandboxes::get).ifPresent(own -> all.addAll(own.rules()));
        return all;
    }

    /** Every rule, the global ones first, then by name of the sandbox. */
    public List<Rule> allRules() {
        List<Rule> all = new ArrayList<>(rules);
        new TreeMap<>(sandboxes).values().forEach(own -> all.addAll(own.rules()));
        return all;
    }

    /** What is said of one scope alone; empty for the global one. */
    SandboxPolicy own(Optional<String> sandbox) {
        return sandbox.isEmpty()
                ? new SandboxPolicy(mode, rules)
                : sandboxes.getOrDefault(
                        sandbox.get(), new SandboxPolicy(Optional.empty(), List.of()));
    }

    private Policy with(Optional<String> sandbox, SandboxPolicy own) {
        if (sandbox.isEmpty()) {
            return new Policy(own.mode(), own.rules(), sandboxes, allowsUnlogged);
        }
        Map<String, SandboxPolicy> all = new TreeMap<>(sandboxes);
        all.put(sandbox.get(), own);
        return new Policy(mode, rules, all, allowsUnlogged);
    }

    /** With one rule more, in the scope that it names. */
    Policy with(Rule rule) {
        SandboxPolicy old = own(rule.sandbox());
        List<Rule> more = new ArrayList<>(old.rules());
        more.add(rule);
        return with(rule.sandbox(), new SandboxPolicy(old.mode(), more));
    }

    /** Without a rule. */
    Policy without(Rule rule) {
        SandboxPolicy old = own(rule.sandbox());
        List<Rule> fewer = new ArrayList<>(old.rules());
        fewer.removeIf(rule::equals);
        return with(rule.sandbox(), new SandboxPolicy(old.mode(), fewer));
    }

    /** With another mode in one scope. */
    Policy with(Optional<String> sandbox, Mode newMode) {
        return with(sandbox, new SandboxPolicy(Optional.of(newMode), own(sandbox).rules()));
    }

    /** Without anything for one sandbox only. */
    Policy without(String sandbox) {
        Map<String, SandboxPolicy> rest = new TreeMap<>(sandboxes);
        rest.remove(sandbox);
        return new Policy(mode, rules, rest, allowsUnlogged);
    }
}
