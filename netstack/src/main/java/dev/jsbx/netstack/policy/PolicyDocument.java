package dev.jsbx.netstack.policy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A policy file's text with its syntax tree: what it says, and where it says it. */
final class PolicyDocument {
    /** The greatest file in characters; 30 000 rules fit. */
    static final int MAX_LENGTH = 1 << 20;

    private static final Pattern SANDBOX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_-]{0,62}");

    private final Optional<MappingNode> root;
    private final Policy policy;

    private PolicyDocument(Optional<MappingNode> root, Policy policy) {
        this.root = root;
        this.policy = policy;
    }

    /**
     * Reads a policy file's text.
     *
     * @throws PolicySyntaxException naming the line and what is wrong there
     */
    static PolicyDocument parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new PolicySyntaxException("it is longer than " + MAX_LENGTH + " characters");
        }
        Optional<Node> node = compose(text);
        if (node.isEmpty() || isNull(node.get())) {
            return new PolicyDocument(Optional.empty(), Policy.EMPTY);
        }
        MappingNode root = mapping(node.get(), "the file", "mode, rules, sandboxes and unlogged");
        return new PolicyDocument(Optional.of(root), policy(root));
    }

    private static Optional<Node> compose(String text) {
        LoadSettings settings =
                LoadSettings.builder().setUseMarks(true).setCodePointLimit(MAX_LENGTH).build();
        try {
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark().map(PolicyDocument::line).orElse("");
            throw new PolicySyntaxException(line + e.getProblem() + hint(e), e);
        } catch (YamlEngineException e) {
            throw new PolicySyntaxException(firstLine(e.getMessage()), e);
        } catch (StackOverflowError e) {
            throw new PolicySyntaxException("it is nested too deeply");
        }
    }

    // "*.example.com" without quotes is a reference to an anchor, which nobody means here.
    private static String hint(MarkedYamlEngineException e) {
        return (e.getContext() + e.getProblem()).contains("alias")
                ? ": write what starts with * in quotes, as in \"*.example.com\""
                : "";
    }

    private static String firstLine(String message) {
        return String.valueOf(message).lines().findFirst().orElse("no YAML");
    }

    private static String line(Mark mark) {
        return "line " + (mark.getLine() + 1) + ": ";
    }

    private static PolicySyntaxException wrong(Node at, String what) {
        return new PolicySyntaxException(
                at.getStartMark().map(PolicyDocument::line).orElse("") + what);
    }

    private static Policy policy(MappingNode root) {
        Optional<Mode> mode = Optional.empty();
        List<Rule> rules = List.of();
        Map<String, SandboxPolicy> sandboxes = Map.of();
        boolean unlogged = false;
        for (NodeTuple entry : root.getValue()) {
            switch (text(entry.getKeyNode(), "a key")) {
                case "mode" -> mode = mode(entry.getValueNode());
                case "rules" -> rules = rules(entry.getValueNode(), Optional.empty());
                case "sandboxes" -> sandboxes = sandboxes(entry.getValueNode());
                case "unlogged" -> unlogged = unlogged(entry.getValueNode());
                default ->
                        throw unknownKey(entry.getKeyNode(), "mode, rules, sandboxes and unlogged");
            }
        }
        return new Policy(mode, rules, sandboxes, unlogged);
    }

    private static boolean unlogged(Node node) {
        return switch (isNull(node) ? "" : text(node, "unlogged")) {
            case "allow" -> true;
            case "refuse" -> false;
            default -> throw wrong(node, "unlogged takes refuse or allow");
        };
    }

    private static Map<String, SandboxPolicy> sandboxes(Node node) {
        Map<String, SandboxPolicy> sandboxes = new LinkedHashMap<>();
        if (isNull(node)) {
            return sandboxes;
        }
        for (NodeTuple entry : mapping(node, "sandboxes", "names of sandboxes").getValue()) {
            String name = text(entry.getKeyNode(), "a sandbox's name");
            checkSandbox(entry.getKeyNode(), name);
            sandboxes.put(name, sandbox(entry.getValueNode(), name));
        }
        return sandboxes;
    }

    private static void checkSandbox(Node at, String name) {
        if (!SANDBOX.matcher(name).matches()) {
            throw wrong(
                    at,
                    "\""
                            + ResourceSyntax.printable(name)
                            + "\" is no name of a sandbox: use letters, digits, hyphens and periods");
        }
    }

    private static SandboxPolicy sandbox(Node node, String name) {
        Optional<Mode> mode = Optional.empty();
        List<Rule> rules = List.of();
        if (!isNull(node)) {
            for (NodeTuple entry : mapping(node, name, "mode and rules").getValue()) {
                switch (text(entry.getKeyNode(), "a key")) {
                    case "mode" -> mode = mode(entry.getValueNode());
                    case "rules" -> rules = rules(entry.getValueNode(), Optional.of(name));
                    default -> throw unknownKey(entry.getKeyNode(), "mode and rules");
                }
            }
        }
        return new SandboxPolicy(mode, rules);
    }

    private static Optional<Mode> mode(Node node) {
        if (isNull(node)) {
            throw wrong(node, "mode has no value: use open, balanced or locked-down");
        }
        try {
            return Optional.of(Mode.parse(text(node, "mode")));
        } catch (PolicySyntaxException e) {
            throw located(node, e);
        }
    }

    private static List<Rule> rules(Node node, Optional<String> sandbox) {
        List<Rule> rules = new ArrayList<>();
        if (isNull(node)) {
            return rules;
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong(node, "rules is no list: start each rule with \"- allow:\" or \"- deny:\"");
        }
        for (Node item : sequence.getValue()) {
            rules.add(rule(item, sandbox));
        }
        return rules;
    }

    private static Rule rule(Node node, Optional<String> sandbox) {
        Action action = null;
        Resource resource = null;
        Set<Transport> transports = null;
        for (NodeTuple entry : mapping(node, "a rule", "allow, deny and protocol").getValue()) {
            String key = text(entry.getKeyNode(), "a key");
            switch (key) {
                case "allow", "deny" -> {
                    if (action != null) {
                        throw wrong(entry.getKeyNode(), "one rule cannot both allow and deny");
                    }
                    action = key.equals("allow") ? Action.ALLOW : Action.DENY;
                    resource = resource(entry.getValueNode(), key);
                }
                case "protocol" -> transports = transports(entry.getValueNode());
                default -> throw unknownKey(entry.getKeyNode(), "allow, deny and protocol");
            }
        }
        if (action == null) {
            throw wrong(node, "the rule neither allows nor denies anything");
        }
        return new Rule(
                action,
                resource,
                transports == null ? Rule.defaultTransports(action) : transports,
                sandbox);
    }

    private static Resource resource(Node node, String key) {
        try {
            return Resource.parse(isNull(node) ? "" : text(node, key));
        } catch (PolicySyntaxException e) {
            throw located(node, e);
        }
    }

    private static Set<Transport> transports(Node node) {
        List<Node> items =
                node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
        Set<Transport> transports = EnumSet.noneOf(Transport.class);
        for (Node item : items) {
            try {
                transports.add(Transport.parse(text(item, "protocol")));
            } catch (PolicySyntaxException e) {
                throw located(item, e);
            }
        }
        if (transports.isEmpty()) {
            throw wrong(node, "protocol has no value: use tcp, udp or icmp");
        }
        return transports;
    }

    private static PolicySyntaxException located(Node at, PolicySyntaxException e) {
        return e.getMessage().startsWith("line ") ? e : wrong(at, e.getMessage());
    }

    private static MappingNode mapping(Node node, String what, String keys) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(node, what + " has no keys; accepted are " + keys);
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = text(entry.getKeyNode(), "a key");
            if (!seen.add(key)) {
                throw wrong(
                        entry.getKeyNode(),
                        "the key \"" + ResourceSyntax.printable(key) + "\" stands here twice");
            }
        }
        return mapping;
    }

    private static String text(Node node, String what) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw wrong(node, what + " takes one value, not several");
    }

    private static PolicySyntaxException unknownKey(Node key, String accepted) {
        String text = ResourceSyntax.printable(text(key, "a key"));
        return wrong(key, "unknown key \"" + text + "\"; accepted are " + accepted);
    }

    static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.isPlain()
                && (scalar.getTag().equals(Tag.NULL) || scalar.getValue().equals("~"));
    }

    Policy policy() {
        return policy;
    }

    /** The file's mapping; empty if the file says nothing. */
    Optional<MappingNode> root() {
        return root;
    }

    /** The entry of a key. */
    static Optional<NodeTuple> entry(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .filter(e -> e.getKeyNode() instanceof ScalarNode k && k.getValue().equals(key))
                .findFirst();
    }
}
