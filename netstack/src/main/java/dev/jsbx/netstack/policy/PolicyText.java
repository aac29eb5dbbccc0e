package dev.jsbx.netstack.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Edits a policy file's text where its syntax tree says, line by line, so that everything else in
 * it stays as its author wrote it. Every edit is read back: if the new text does not say exactly
 * what it should (there are odd ways to lay out YAML), the edit is refused and nothing has changed.
 */
final class PolicyText {
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9._/-]*(:[0-9]+)?");
    private static final Pattern DASH = Pattern.compile("\\s*-\\s+");
    private static final Pattern KEY_ONLY = Pattern.compile("[^#]*:\\s*(#.*)?");

    private final String text;
    private final PolicyDocument document;
    private final List<String> lines;

    private PolicyText(String text) {
        this.text = text;
        this.document = PolicyDocument.parse(text);
        this.lines = new ArrayList<>(Arrays.asList(text.split("(?<=\n)")));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        } else if (!lines.getLast().endsWith("\n")) {
            lines.add(lines.removeLast() + "\n");
        }
    }

    /** The text with one rule more, at the end of its list. */
    static String add(String text, Rule rule) {
        PolicyText edit = new PolicyText(text);
        edit.addRule(rule);
        return edit.verified(edit.document.policy().with(rule));
    }

    /** The text without a rule; without any that says the same if there are several. */
    static String remove(String text, Rule rule) {
        PolicyText edit = new PolicyText(text);
        edit.removeRule(rule);
        return edit.verified(edit.document.policy().without(rule));
    }

    /** The text with another mode, globally or for one sandbox. */
    static String setMode(String text, Optional<String> sandbox, Mode mode) {
        PolicyText edit = new PolicyText(text);
        edit.setMode(sandbox, mode);
        return edit.verified(edit.document.policy().with(sandbox, mode));
    }

    /** The text without what it says of one sandbox. */
    static String forget(String text, String sandbox) {
        PolicyText edit = new PolicyText(text);
        Optional<MappingNode> sandboxes = edit.mapping(edit.document.root(), "sandboxes");
        sandboxes
                .flatMap(all -> PolicyDocument.entry(all, sandbox))
                .ifPresent(entry -> edit.removeLines(entry.getKeyNode(), entry.getValueNode()));
        return edit.verified(edit.document.policy().without(sandbox));
    }

    private String verified(Policy wanted) {
        String edited = String.join("", lines);
        try {
            if (PolicyDocument.parse(edited).policy().equals(wanted)) {
                return edited;
            }
        } catch (PolicySyntaxException e) {
            // Said below: it is our edit that is wrong, not the user's file.
        }
        throw new PolicySyntaxException(
                "it is laid out in a way that jsbx cannot edit without losing something: edit it by"
                        + " hand, nothing was changed");
    }

    private void addRule(Rule rule) {
        Optional<MappingNode> scope = scope(rule.sandbox());
        if (scope.isEmpty()) {
            addScope(rule.sandbox(), indented("rules:", item(rule)));
            return;
        }
        Optional<NodeTuple> rules = PolicyDocument.entry(scope.get(), "rules");
        if (rules.isEmpty()) {
            insertKey(scope.get(), rule.sandbox(), indented("rules:", item(rule)));
            return;
        }
        Node value = rules.get().getValueNode();
        if (value instanceof SequenceNode list && list.getFlowStyle() == FlowStyle.FLOW) {
            addInline(list, rule);
        } else if (value instanceof SequenceNode list && !list.getValue().isEmpty()) {
            Node last = list.getValue().getLast();
            int column = start(list.getValue().getFirst()).getColumn();
            String line = lines.get(start(list.getValue().getFirst()).getLine());
            int dash = line.substring(0, Math.min(column, line.length())).indexOf('-');
            insert(lastLine(last) + 1, " ".repeat(Math.max(dash, 0)), item(rule));
        } else {
            Mark key = start(rules.get().getKeyNode());
            String line = lines.get(key.getLine()).stripTrailing();
            if (!KEY_ONLY.matcher(line).matches()) { // rules: null, rules: ~
                lines.set(key.getLine(), line.substring(0, line.indexOf(':') + 1) + "\n");
            }
            insert(key.getLine() + 1, " ".repeat(key.getColumn() + 2), item(rule));
        }
    }

    private void addInline(SequenceNode list, Rule rule) {
        String inline = item(rule).stream().map(String::strip).collect(Collectors.joining(", "));
        String entry = "{" + inline.substring(2) + "}";
        if (list.getValue().isEmpty()) {
            insertAt(start(list), 1, entry);
        } else {
            insertAt(end(list.getValue().getLast()), 0, ", " + entry);
        }
    }

    private void insertAt(Mark mark, int further, String inserted) {
        String line = lines.get(mark.getLine());
        int at = line.offsetByCodePoints(0, mark.getColumn()) + further;
        lines.set(mark.getLine(), line.substring(0, at) + inserted + line.substring(at));
    }

    private static List<String> item(Rule rule) {
        String resource = rule.resource().toString();
        String quoted = PLAIN.matcher(resource).matches() ? resource : '"' + resource + '"';
        List<String> item = new ArrayList<>();
        item.add("- " + rule.action().text() + ": " + quoted);
        if (!rule.transports().equals(Rule.defaultTransports(rule.action()))) {
            String all = rule.protocols();
            item.add("  protocol: " + (all.indexOf(',') < 0 ? all : '[' + all + ']'));
        }
        return item;
    }

    private static List<String> indented(String head, List<String> body) {
        List<String> all = new ArrayList<>();
        all.add(head);
        body.forEach(line -> all.add("  " + line));
        return all;
    }

    private void removeRule(Rule rule) {
        Optional<Node> rules =
                scope(rule.sandbox())
                        .flatMap(scope -> PolicyDocument.entry(scope, "rules"))
                        .map(NodeTuple::getValueNode);
        if (!(rules.orElse(null) instanceof SequenceNode list)) {
            return;
        }
        List<Rule> said = document.policy().own(rule.sandbox()).rules();
        for (int i = said.size() - 1; i >= 0; i--) {
            if (said.get(i).equals(rule)) {
                removeItem(list, i);
            }
        }
    }

    private void removeItem(SequenceNode list, int i) {
        Node item = list.getValue().get(i);
        if (list.getFlowStyle() != FlowStyle.FLOW) {
            String line = lines.get(start(item).getLine());
            if (DASH.matcher(line.substring(0, start(item).getColumn())).matches()) {
                removeLines(item, item);
            }
            return;
        }
        // With the comma before it, or the one after it if it is the first.
        Mark from = i > 0 ? end(list.getValue().get(i - 1)) : start(item);
        boolean first = i == 0 && list.getValue().size() > 1;
        Mark to = first ? start(list.getValue().get(1)) : end(item);
        if (from.getLine() == to.getLine()) {
            String line = lines.get(from.getLine());
            lines.set(
                    from.getLine(),
                    line.substring(0, line.offsetByCodePoints(0, from.getColumn()))
                            + line.substring(line.offsetByCodePoints(0, to.getColumn())));
        }
    }

    private void removeLines(Node first, Node last) {
        lines.subList(start(first).getLine(), lastLine(last) + 1).clear();
    }

    private void setMode(Optional<String> sandbox, Mode mode) {
        Optional<MappingNode> scope = scope(sandbox);
        if (scope.isEmpty()) {
            addScope(sandbox, List.of("mode: " + mode.text()));
            return;
        }
        Optional<NodeTuple> old = PolicyDocument.entry(scope.get(), "mode");
        if (old.isEmpty()) {
            Mark first = start(scope.get());
            insert(first.getLine(), " ".repeat(first.getColumn()), List.of("mode: " + mode.text()));
            return;
        }
        Mark from = start(old.get().getValueNode());
        Mark to = end(old.get().getValueNode());
        String line = lines.get(from.getLine());
        if (from.getLine() == to.getLine()) {
            String before = line.substring(0, line.offsetByCodePoints(0, from.getColumn()));
            String after = line.substring(line.offsetByCodePoints(0, to.getColumn()));
            lines.set(from.getLine(), before + mode.text() + after);
        }
    }

    /** The mapping of a scope; empty if the file says nothing of it. */
    private Optional<MappingNode> scope(Optional<String> sandbox) {
        return sandbox.isEmpty()
                ? document.root()
                : mapping(mapping(document.root(), "sandboxes"), sandbox.get());
    }

    private Optional<MappingNode> mapping(Optional<MappingNode> parent, String key) {
        return parent.flatMap(node -> PolicyDocument.entry(node, key))
                .map(NodeTuple::getValueNode)
                .filter(node -> node instanceof MappingNode)
                .map(MappingNode.class::cast);
    }

    private void addScope(Optional<String> sandbox, List<String> body) {
        if (sandbox.isEmpty()) {
            insert(lines.size(), "", body);
            return;
        }
        Optional<NodeTuple> all =
                document.root().flatMap(root -> PolicyDocument.entry(root, "sandboxes"));
        if (all.isEmpty()) {
            List<String> named = indented(sandbox.get() + ":", body);
            insert(lines.size(), "", indented("sandboxes:", named));
            return;
        }
        Optional<NodeTuple> named =
                mapping(document.root(), "sandboxes")
                        .flatMap(node -> PolicyDocument.entry(node, sandbox.get()));
        if (named.isPresent()) { // a name without anything below it
            Mark key = start(named.get().getKeyNode());
            insert(key.getLine() + 1, " ".repeat(key.getColumn() + 2), body);
            return;
        }
        int column =
                mapping(document.root(), "sandboxes")
                        .map(node -> start(node).getColumn())
                        .orElse(start(all.get().getKeyNode()).getColumn() + 2);
        insert(
                lastLine(all.get().getValueNode()) + 1,
                " ".repeat(column),
                indented(sandbox.get() + ":", body));
    }

    private void insertKey(MappingNode scope, Optional<String> sandbox, List<String> body) {
        Optional<NodeTuple> mode = PolicyDocument.entry(scope, "mode");
        int at =
                mode.map(entry -> lastLine(entry.getValueNode()) + 1)
                        .orElse(sandbox.isEmpty() ? start(scope).getLine() : lastLine(scope) + 1);
        insert(at, " ".repeat(start(scope).getColumn()), body);
    }

    private void insert(int line, String indent, List<String> body) {
        List<String> whole = body.stream().map(each -> indent + each + "\n").toList();
        lines.addAll(Math.min(line, lines.size()), whole);
    }

    private static Mark start(Node node) {
        return node.getStartMark().orElseThrow();
    }

    private static Mark end(Node node) {
        return node.getEndMark().orElseThrow();
    }

    /** The last line that has something of a node; a block's own end mark lies past comments. */
    private static int lastLine(Node node) {
        boolean block = node instanceof CollectionNode<?> c && c.getFlowStyle() != FlowStyle.FLOW;
        if (block && node instanceof SequenceNode list && !list.getValue().isEmpty()) {
            return lastLine(list.getValue().getLast());
        }
        if (block && node instanceof MappingNode map && !map.getValue().isEmpty()) {
            NodeTuple last = map.getValue().getLast();
            return Math.max(lastLine(last.getKeyNode()), lastLine(last.getValueNode()));
        }
        return PolicyDocument.isNull(node) ? start(node).getLine() : end(node).getLine();
    }
}
