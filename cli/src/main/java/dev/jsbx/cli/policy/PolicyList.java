package dev.jsbx.cli.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.Failure;
import dev.jsbx.cli.terminal.Columns;
import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.Grant;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyFile;
import dev.jsbx.netstack.policy.Rule;
import dev.jsbx.netstack.policy.SpecialBlock;
import dev.jsbx.netstack.policy.Transport;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code policy ls} and {@code policy inspect}. */
public final class PolicyList {
    private static final String NON_PUBLIC = "non-public addresses";

    /**
     * Which rules are listed.
     *
     * @param sandbox those that count for this one; empty for all there are
     * @param action only these
     * @param transport only those for it
     * @param added those that users added, or else those that come with the mode; empty for both
     */
    public record Selection(
            Optional<String> sandbox,
            Optional<Action> action,
            Optional<Transport> transport,
            Optional<Boolean> added) {}

    /** A row: a user's rule, what an agent needs, or what the mode stands for. */
    private record Row(
            String name,
            Action action,
            List<String> resources,
            String scope,
            String protocols,
            Optional<Rule> rule) {}

    private final Policy policy;
    private final Selection selection;

    public PolicyList(PolicyFile file, Selection selection) {
        this.policy = PolicyFailures.read(file);
        this.selection = selection;
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List<Rule> rules =
                selection.sandbox.isPresent()
                        ? policy.rulesOf(selection.sandbox)
                        : policy.allRules();
        for (Rule rule : rules.stream().distinct().toList()) {
            rows.add(
                    new Row(
                            "local:" + rule.id(),
                            rule.action(),
                            List.of(rule.resource().toString()),
                            rule.scope(),
                            rule.protocols(),
                            Optional.of(rule)));
        }
        AgentGrant.all(selection.sandbox).forEach(grant -> addGrant(rows, grant));
        addMode(rows, policy.modeOf(selection.sandbox), "global");
        if (selection.sandbox.isEmpty()) {
            new TreeMap<>(policy.sandboxes())
                    .forEach(
                            (name, own) ->
                                    own.mode()
                                            .ifPresent(
                                                    mode ->
                                                            addMode(
                                                                    rows,
                                                                    mode,
                                                                    "sandbox:" + name)));
        }
        rows.removeIf(row -> !isSelected(row));
        return rows;
    }

    private static void addGrant(List<Row> rows, Grant grant) {
        for (Rule rule : grant.rules()) {
            rows.add(
                    new Row(
                            grant.source(),
                            rule.action(),
                            List.of(rule.resource().toString()),
                            rule.scope(),
                            rule.protocols(),
                            Optional.empty()));
        }
    }

    private static void addMode(List<Row> rows, Mode mode, String scope) {
        String name = "default-" + mode.text();
        Optional<Rule> none = Optional.empty();
        switch (mode) {
            case OPEN ->
                    rows.add(
                            new Row(
                                    name,
                                    Action.ALLOW,
                                    List.of("**"),
                                    scope,
                                    "tcp,udp,icmp",
                                    none));
            case BALANCED -> {
                List<String> blocks =
                        SpecialBlock.ALL.stream()
                                .filter(block -> block.what() != null)
                                .map(block -> block.block().toString())
                                .toList();
                rows.add(new Row(name, Action.ALLOW, List.of("**"), scope, "tcp", none));
                rows.add(
                        new Row(
                                name + "-private",
                                Action.DENY,
                                blocks,
                                scope,
                                "tcp,udp,icmp",
                                none));
            }
            case LOCKED_DOWN ->
                    rows.add(
                            new Row(name, Action.DENY, List.of("**"), scope, "tcp,udp,icmp", none));
        }
    }

    private boolean isSelected(Row row) {
        return selection.action.map(action -> action == row.action).orElse(true)
                && selection.added.map(added -> added == row.rule.isPresent()).orElse(true)
                && selection
                        .transport
                        .map(
                                transport ->
                                        List.of(row.protocols.split(","))
                                                .contains(transport.text()))
                        .orElse(true);
    }

    /**
     * @param wide whether to list every block and the transports
     */
    public void print(PrintStream out, boolean wide) {
        Columns table =
                wide
                        ? new Columns(
                                "NAME", "TYPE", "DECISION", "PROTOCOL", "APPLIES TO", "RESOURCES")
                        : new Columns("NAME", "TYPE", "DECISION", "RESOURCES", "APPLIES TO");
        for (Row row : rows()) {
            String decision = row.action.text();
            String to = row.scope.equals("global") ? "all" : row.scope;
            if (wide) {
                String all = String.join(",", row.resources);
                table.row(row.name, "network", decision, row.protocols, to, all);
            } else {
                String resources = row.resources.size() > 1 ? NON_PUBLIC : row.resources.getFirst();
                table.row(row.name, "network", decision, resources + suffix(row), to);
            }
        }
        table.print(out);
    }

    private static String suffix(Row row) {
        boolean usual =
                row.rule.isEmpty()
                        || row.rule.get().transports().equals(Rule.defaultTransports(row.action));
        return usual ? "" : " [" + row.protocols + "]";
    }

    /** Prints the rows' names only. */
    public void printNames(PrintStream out) {
        rows().forEach(row -> out.println(row.name));
    }

    public void printJson(PrintStream out) {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeStringField("mode", policy.modeOf(selection.sandbox).text());
            json.writeArrayFieldStart("rules");
            for (Row row : rows()) {
                write(json, row);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw Failure.failed("cannot print: " + e.getMessage());
        }
    }

    private static void write(JsonGenerator json, Row row) throws IOException {
        Optional<Rule> rule = row.rule;
        json.writeStartObject();
        json.writeStringField("id", rule.map(Rule::id).orElse(row.name));
        json.writeStringField("name", row.name);
        json.writeStringField("policy_id", rule.isPresent() ? "local" : "default");
        json.writeStringField("scope", row.scope);
        json.writeStringField("applies_to", row.scope.equals("global") ? "all" : row.scope);
        json.writeStringField("resource_type", "network");
        json.writeStringField("decision", row.action.text());
        json.writeArrayFieldStart("resources");
        for (String resource : row.resources) {
            json.writeString(resource);
        }
        json.writeEndArray();
        json.writeStringField("origin", row.scope.equals("global") ? "local" : "scoped");
        json.writeStringField("status", "active");
        json.writeBooleanField("editable", rule.isPresent());
        json.writeObjectFieldStart("provenance");
        json.writeStringField("created_via", rule.isPresent() ? "added" : "default");
        json.writeEndObject();
        json.writeArrayFieldStart("actions");
        for (String protocol : row.protocols.split(",")) {
            json.writeString("net:connect:" + protocol);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** {@code policy inspect}: one rule, by id. */
    public static void inspect(PolicyFile file, String id, PrintStream out) {
        Rule rule = RuleEdits.byId(PolicyFailures.read(file), id);
        out.println("id         " + rule.id());
        out.println("decision   " + rule.action().text());
        out.println("resource   " + rule.resource());
        out.println("protocols  " + protocols(rule));
        out.println("scope      " + rule.scope());
        out.println("file       " + file.path());
    }

    private static String protocols(Rule rule) {
        return EnumSet.copyOf(rule.transports()).stream()
                .map(Transport::text)
                .collect(Collectors.joining(", "));
    }
}
