package dev.jsbx.cli;

import dev.jsbx.cli.policy.LogView;
import dev.jsbx.cli.policy.PolicyCheck;
import dev.jsbx.cli.policy.PolicyList;
import dev.jsbx.cli.policy.PolicyModes;
import dev.jsbx.cli.policy.PolicyPlaces;
import dev.jsbx.cli.policy.RuleEdits;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.netstack.audit.AuditFilter;
import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import dev.jsbx.netstack.policy.Transport;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code jsbx policy}: who may talk to whom, and who did. Takes both generations of {@code sbx}'s
 * spellings; the word {@code network} is optional, as there is no other kind of rule.
 */
final class PolicyCommand {
    private static final String NETWORK = "network";

    private final List<String> words = new ArrayList<>();
    private final List<String> resources = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private Optional<String> sandbox = Optional.empty();
    private String protocol;
    private String decision = "all";
    private String createdVia = "all";
    private String since;
    private String limit = "0";
    private boolean json;
    private boolean wide;
    private boolean quiet;
    private boolean verbose;
    private boolean resolve;
    private boolean force;
    private boolean follow;
    private boolean denied;

    CommandSpec spec() {
        CommandSpec spec =
                Spec.of(
                                "policy",
                                "Say who may talk to whom, and see who did.",
                                () -> {
                                    throw Failure.usage(
                                            "policy takes a command: see jsbx policy --help");
                                })
                        .build();
        spec.addSubcommand("ls", ls());
        spec.addSubcommand("allow", edit("allow", "Allow connections", Action.ALLOW));
        spec.addSubcommand("deny", edit("deny", "Deny connections", Action.DENY));
        spec.addSubcommand("rm", rm());
        spec.addSubcommand("check", check());
        spec.addSubcommand("log", log());
        spec.addSubcommand("init", init("init"));
        CommandSpec former = init("set-default");
        former.usageMessage().hidden(true);
        spec.addSubcommand("set-default", former);
        spec.addSubcommand("reset", reset());
        spec.addSubcommand("inspect", inspect());
        return spec;
    }

    private Spec command(String name, String description, Callable<Integer> work) {
        return Spec.of(name, description, work);
    }

    private Spec scoped(Spec spec) {
        return spec.value("--sandbox", "NAME", "For this sandbox only", this::setSandbox);
    }

    private void setSandbox(String name) {
        sandbox = Optional.of(SandboxName.check(name));
    }

    private void takeWords(String[] given) {
        words.addAll(Arrays.asList(given));
        if (!words.isEmpty() && words.getFirst().equals(NETWORK)) {
            words.removeFirst();
        }
    }

    private CommandSpec edit(String name, String description, Action action) {
        return scoped(command(name, description + " to hosts or addresses.", () -> edit(action)))
                .value(
                        "--protocol",
                        "P",
                        "tcp, udp, icmp, or several with commas",
                        this::setProtocol)
                .values("--resource", "R", "Another way to name one", r -> add(resources, r))
                .flag("-g --global", "For all sandboxes, which is usual", on -> {})
                .words(
                        "network RESOURCE",
                        "0..*",
                        "example.com, *.example.com, **.example.com, 192.0.2.7, 10.0.0.0/8, *,"
                                + " each with :PORT; several with commas",
                        this::takeWords)
                .build();
    }

    private static void add(List<String> to, String[] values) {
        to.addAll(Arrays.asList(values));
    }

    private void setProtocol(String text) {
        protocol = text;
    }

    private int edit(Action action) {
        List<String> all = new ArrayList<>(words);
        all.addAll(resources);
        if (all.isEmpty()) {
            throw Failure.usage(
                    "which resource? as in: jsbx policy " + action.text() + " network example.com");
        }
        return edits().add(action, all, protocol, sandbox);
    }

    private static RuleEdits edits() {
        return new RuleEdits(PolicyPlaces.file(), System.out, System.err);
    }

    private CommandSpec rm() {
        return scoped(command("rm", "Remove rules.", this::remove))
                .values("--id", "ID", "By id, as policy ls prints it", given -> add(ids, given))
                .values("--resource", "R", "By resource", given -> add(resources, given))
                .flag("-g --global", "Those for all sandboxes, which is usual", on -> {})
                .flag("-f --force", "Do not ask; jsbx never does here", on -> force = on)
                .words("network RESOURCE", "0..*", "By resource", this::takeWords)
                .build();
    }

    private int remove() {
        List<String> all = new ArrayList<>(words);
        all.addAll(resources);
        return edits().remove(all, ids, sandbox);
    }

    private CommandSpec ls() {
        return scoped(command("ls", "List rules.", this::list))
                .flag("--json", "Print JSON", on -> json = on)
                .flag("--wide", "Print every column and block", on -> wide = on)
                .flag("-q --quiet", "Print names only", on -> quiet = on)
                .value("--decision", "D", "Only allow or deny", text -> decision = text)
                .value("--protocol", "P", "Only rules for tcp, udp or icmp", this::setProtocol)
                .value("--created-via", "V", "Only added or default", text -> createdVia = text)
                .value("--type", "T", "network; there is no other", PolicyCommand::checkType)
                .value("--source", "S", "local; there is no other", PolicyCommand::checkSource)
                .flag("--include-inactive", "Changes nothing: every rule is active", on -> {})
                .words(
                        "SANDBOX",
                        "0..1",
                        "Only what counts for this sandbox",
                        given -> {
                            if (given.length > 0) {
                                setSandbox(given[0]);
                            }
                        })
                .build();
    }

    private static void checkType(String type) {
        oneOf("--type", type, "all", NETWORK);
    }

    private static void checkSource(String source) {
        oneOf("--source", source, "all", "local");
    }

    private static void oneOf(String option, String value, String... accepted) {
        if (!Arrays.asList(accepted).contains(value)) {
            throw Failure.usage(option + " " + value + ": use " + String.join(" or ", accepted));
        }
    }

    private int list() {
        oneOf("--decision", decision, "all", "allow", "deny");
        oneOf("--created-via", createdVia, "all", "added", "default");
        PolicyList.Selection selection =
                new PolicyList.Selection(
                        sandbox,
                        decision.equals("all")
                                ? Optional.empty()
                                : Optional.of(
                                        decision.equals("allow") ? Action.ALLOW : Action.DENY),
                        Optional.ofNullable(protocol).map(PolicyCommand::transport),
                        createdVia.equals("all")
                                ? Optional.empty()
                                : Optional.of(createdVia.equals("added")));
        PolicyList list = new PolicyList(PolicyPlaces.file(), selection);
        if (json) {
            list.printJson(System.out);
        } else if (quiet) {
            list.printNames(System.out);
        } else {
            list.print(System.out, wide);
        }
        return 0;
    }

    private static Transport transport(String text) {
        try {
            return Transport.parse(text);
        } catch (PolicySyntaxException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private CommandSpec check() {
        return scoped(command("check", "Explain what becomes of a connection.", this::explain))
                .value("--protocol", "P", "tcp (the default), udp or icmp", this::setProtocol)
                .flag("--json", "Print JSON", on -> json = on)
                .flag("-v --verbose", "Print every rule that matches", on -> verbose = on)
                .flag("--resolve", "Look the name up and judge its addresses", on -> resolve = on)
                .words(
                        "network TARGET",
                        "1..2",
                        "A host, HOST:PORT, an address or a URL; port 443 if none is named",
                        this::takeWords)
                .build();
    }

    private int explain() {
        if (words.size() != 1) {
            throw Failure.usage("which target? as in: jsbx policy check network example.com:443");
        }
        PolicyCheck check =
                new PolicyCheck(
                        PolicyPlaces.file(),
                        sandbox,
                        protocol == null ? "tcp" : protocol,
                        words.getFirst(),
                        resolve);
        if (json) {
            check.printJson(System.out);
        } else {
            check.print(System.out, verbose);
        }
        return check.exitCode();
    }

    private CommandSpec log() {
        return scoped(command("log", "Show who talked to whom, or wanted to.", this::showLog))
                .flag("-f --follow", "Print what happens from now on", on -> follow = on)
                .flag("--json", "Print one JSON object a line", on -> json = on)
                .flag("--denied", "Only what was denied", on -> denied = on)
                .value(
                        "--since",
                        "TIME",
                        "Only from then on: 10m, 2h, 7d, or a time",
                        t -> since = t)
                .value("--limit", "N", "Only the latest N (0: all)", n -> limit = n)
                .flag("-q --quiet", "Print hosts only", on -> quiet = on)
                .value("--type", "T", "network; there is no other", PolicyCommand::checkType)
                .words(
                        "SANDBOX",
                        "0..1",
                        "Only of this sandbox, which may be gone",
                        given -> {
                            if (given.length > 0) {
                                setSandbox(given[0]);
                            }
                        })
                .build();
    }

    private int showLog() throws InterruptedException {
        AuditFilter filter =
                new AuditFilter(
                        sandbox,
                        Optional.ofNullable(since).map(text -> LogView.since(text, Instant.now())),
                        denied);
        LogView view =
                new LogView(
                        PolicyPlaces.audit(), filter, limit(), ZoneId.systemDefault(), System.out);
        view.full().ifPresent(why -> System.err.println("jsbx: " + why));
        if (follow) {
            view.follow(json, () -> true);
        } else if (json) {
            view.printJson();
        } else if (quiet) {
            view.printHosts();
        } else {
            view.printTables();
        }
        return 0;
    }

    private long limit() {
        if (!limit.matches("[0-9]{1,9}")) {
            throw Failure.usage("--limit " + limit + ": use a number, 0 for all");
        }
        return Long.parseLong(limit);
    }

    private CommandSpec init(String name) {
        return scoped(command(name, "Choose what becomes of what no rule speaks of.", this::init))
                .words(
                        "MODE",
                        "1",
                        "open (allow-all), balanced or locked-down (deny-all)",
                        given -> add(words, given))
                .build();
    }

    private int init() {
        return new PolicyModes(PolicyPlaces.file(), System.out).init(words.getFirst(), sandbox);
    }

    private CommandSpec reset() {
        return command("reset", "Drop all rules and modes.", this::startAnew)
                .flag("-f --force", "Do not ask", on -> force = on)
                .build();
    }

    private int startAnew() {
        return new PolicyModes(PolicyPlaces.file(), System.out).reset(force);
    }

    private CommandSpec inspect() {
        return command(
                        "inspect",
                        "Show one rule.",
                        () -> {
                            PolicyList.inspect(PolicyPlaces.file(), words.getFirst(), System.out);
                            return 0;
                        })
                .words("ID", "1", "As policy ls prints it", given -> add(words, given))
                .build();
    }
}
