package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.policy.PortTable.Choice;
import dev.jsbx.netstack.wire.Addresses;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A policy compiled for one sandbox. Immutable; any thread may ask. {@link #decide} takes well
 * under a microsecond with thousands of rules and allocates nothing.
 */
public final class PolicyEngine {
    private static final int HTTPS = 443;
    private static final int UNNAMED_PORT = -1;

    private static final Decision QUIC =
            new Decision(
                    false,
                    Decision.Kind.QUIC,
                    "no QUIC",
                    "UDP to port 443 is refused so that clients take TCP, which can be checked");

    private static final Decision LOCALHOST_CLOSED =
            new Decision(
                    false,
                    Decision.Kind.GUARD,
                    "non-public localhost",
                    "the host's own services are closed: jsbx policy allow network localhost:PORT"
                            + " would open one");

    private final Mode mode;
    private final List<Rule> rules;
    private final NameTable names;
    private final AddressRules addresses;
    private final PortTable anything = new PortTable();
    private final Guard guard;
    private final Decision[] byMode = new Decision[Transport.COUNT];
    private final boolean allowsUnlogged;
    private final Decision broken;

    private PolicyEngine(
            Mode mode,
            List<Rule> written,
            Grant grant,
            HostAddresses host,
            boolean allowsUnlogged,
            Decision broken) {
        this.mode = mode;
        this.allowsUnlogged = allowsUnlogged;
        List<Rule> all = new ArrayList<>(written);
        all.addAll(grant.rules());
        this.rules = List.copyOf(all);
        this.broken = broken;
        List<Choice> named = new ArrayList<>();
        List<Choice> addressed = new ArrayList<>();
        for (Rule rule : rules) {
            boolean granted = !written.contains(rule);
            Choice choice = new Choice(rule, granted ? decisionOf(rule, grant) : decisionOf(rule));
            switch (rule.resource().kind()) {
                case HOST, ONE_LABEL, ANY_DEPTH -> named.add(choice);
                case ADDRESS -> addressed.add(choice);
                case ANY -> anything.add(choice);
            }
        }
        names = new NameTable(named);
        addresses = new AddressRules(addressed);
        guard = new Guard(host.blocks());
        for (int i = 0; i < Transport.COUNT; i++) {
            byMode[i] = decisionOf(mode, Transport.at(i));
        }
    }

    /**
     * Compiles a policy.
     *
     * @param sandbox whose own rules and mode count too; empty for the global policy alone
     * @param mode what takes the place of the policy's mode; empty for that
     */
    public static PolicyEngine compile(
            Policy policy, Optional<String> sandbox, Optional<Mode> mode, HostAddresses host) {
        return compile(policy, sandbox, mode, Grant.NONE, host);
    }

    /**
     * The same with what the sandbox may reach besides.
     *
     * @param grant beside the policy's rules
     */
    public static PolicyEngine compile(
            Policy policy,
            Optional<String> sandbox,
            Optional<Mode> mode,
            Grant grant,
            HostAddresses host) {
        return new PolicyEngine(
                mode.orElseGet(() -> policy.modeOf(sandbox)),
                policy.rulesOf(sandbox),
                grant,
                host,
                policy.allowsUnlogged(),
                null);
    }

    /** An engine that denies everything, for a policy that cannot be read. */
    public static PolicyEngine denyAll(String reason) {
        Decision decision = new Decision(false, Decision.Kind.BROKEN, "broken policy", reason);
        return new PolicyEngine(
                Mode.LOCKED_DOWN, List.of(), Grant.NONE, HostAddresses.NONE, false, decision);
    }

    private static Decision decisionOf(Rule rule) {
        boolean allow = rule.action() == Action.ALLOW;
        return new Decision(
                allow,
                Decision.Kind.RULE,
                rule.toString(),
                (allow ? "Allowed by " : "Denied by ")
                        + rule.sandbox()
                                .map(name -> "rule of sandbox " + name)
                                .orElse("global rule"));
    }

    private static Decision decisionOf(Rule rule, Grant grant) {
        return new Decision(
                rule.action() == Action.ALLOW,
                Decision.Kind.RULE,
                rule.toString(),
                "Allowed for " + grant.source() + ", which the sandbox is for");
    }

    private static Decision decisionOf(Mode mode, Transport transport) {
        boolean allow = mode == Mode.OPEN || mode == Mode.BALANCED && transport == Transport.TCP;
        String reason;
        if (allow) {
            reason = "No rule speaks of it, and mode " + mode.text() + " allows it";
        } else if (mode == Mode.BALANCED) {
            reason =
                    "No rule allows it: "
                            + transport.text()
                            + " takes a rule with --protocol "
                            + transport.text();
        } else {
            reason = "No matching allow rule (default deny)";
        }
        return new Decision(allow, Decision.Kind.MODE, "mode " + mode.text(), reason);
    }

    /** What stands where no rule does. */
    public Mode mode() {
        return mode;
    }

    /** The rules that count here, in the order of the policy. */
    public List<Rule> rules() {
        return rules;
    }

    /** Whether connections may be made that cannot be written down. */
    public boolean allowsUnlogged() {
        return allowsUnlogged;
    }

    /** Why everything is denied, or null if the policy is whole. */
    public String brokenBecause() {
        return broken == null ? null : broken.reason();
    }

    /**
     * Decides a connection.
     *
     * @param name the name by which the guest knows the address, in the form of {@link HostName};
     *     null if it has none
     * @param high the first half of the address that would be dialled, as in {@link Ip}
     * @param low the second half
     * @param port 1 to 65535; 0 for ICMP
     */
    public Decision decide(Transport transport, String name, long high, long low, int port) {
        if (broken != null) {
            return broken;
        }
        String host = name == null ? null : HostName.canonical(name);
        Choice choice = choose(transport, host, high, low, port);
        if (transport == Transport.UDP && port == HTTPS && !opensQuic(choice)) {
            return choice != null && !choice.allows() ? choice.decision() : QUIC;
        }
        Decision decision = choice == null ? byMode[transport.ordinal()] : choice.decision();
        if (!decision.allowed() || mode == Mode.OPEN || opensLocalhost(choice, high, low)) {
            return decision;
        }
        Decision guarded = guard.check(high, low, addresses, transport, port);
        if (guarded == null) {
            return decision;
        }
        return HostName.LOCALHOST.equals(host) ? LOCALHOST_CLOSED : guarded;
    }

    /** The same for an address as an object. */
    public Decision decide(Transport transport, String name, Ip address, int port) {
        return decide(transport, name, address.high(), address.low(), port);
    }

    private Choice choose(Transport transport, String host, long high, long low, int port) {
        Choice choice = host == null ? null : names.find(host, transport, port);
        if (choice == null) {
            choice = addresses.find(high, low, transport, port);
        }
        if (choice == null && Guard.embedsIpv4(high, low)) {
            choice = denyOf(addresses.find(0, Guard.embeddedIpv4(high, low), transport, port));
        }
        return choice == null ? anything.find(transport, port) : choice;
    }

    // What is denied stays so behind a translator's prefix; what is allowed is not thereby allowed
    // there, for only with NAT64 is it the same host.
    private static Choice denyOf(Choice choice) {
        return choice == null || choice.allows() ? null : choice;
    }

    // QUIC hides the name it is for; only who asks for UDP and for that port means it.
    private static boolean opensQuic(Choice choice) {
        return choice != null && choice.allows() && choice.namesPort();
    }

    // A rule on localhost is one on its addresses, whichever family is dialled.
    private static boolean opensLocalhost(Choice choice, long high, long low) {
        return choice != null
                && choice.rule().resource().name().equals(HostName.LOCALHOST)
                && Addresses.isLoopback(high, low);
    }

    /**
     * Decides whether a name may be looked up: it may if any connection to it could be allowed. The
     * question itself would tell others about it.
     */
    public Decision decideName(String name) {
        if (broken != null) {
            return broken;
        }
        String host = HostName.canonical(name);
        Set<Integer> ports = somePorts();
        names.visit(host, table -> addPorts(ports, table));
        return anyOf(ports, (transport, port) -> decideName(transport, host, port));
    }

    /** Decides a connection to a name whose address is not known yet, and may be denied then. */
    public Decision decideName(Transport transport, String name, int port) {
        if (broken != null) {
            return broken;
        }
        Choice choice = names.find(HostName.canonical(name), transport, port);
        choice = choice == null ? anything.find(transport, port) : choice;
        if (transport == Transport.UDP && port == HTTPS && !opensQuic(choice)) {
            return choice != null && !choice.allows() ? choice.decision() : QUIC;
        }
        return choice == null ? byMode[transport.ordinal()] : choice.decision();
    }

    /**
     * Decides whether an address may stand in the answer for a name: it may if any connection there
     * could be allowed.
     *
     * @param name null for the address alone
     */
    public Decision decideReach(String name, Ip address) {
        if (broken != null) {
            return broken;
        }
        Set<Integer> ports = somePorts();
        addresses.visit(address.high(), address.low(), table -> addPorts(ports, table));
        if (name != null) {
            names.visit(HostName.canonical(name), table -> addPorts(ports, table));
        }
        return anyOf(ports, (transport, port) -> decide(transport, name, address, port));
    }

    /** Ports between which a decision may differ: those that rules name, and one that none does. */
    private Set<Integer> somePorts() {
        Set<Integer> ports = new LinkedHashSet<>();
        ports.add(UNNAMED_PORT);
        addPorts(ports, anything);
        return ports;
    }

    private static void addPorts(Set<Integer> ports, PortTable table) {
        for (int port : table.ports()) {
            ports.add(port);
        }
    }

    /** A decision by transport and port. */
    private interface ByPort {
        Decision decide(Transport transport, int port);
    }

    // The first that allows; else a guarded address is the better reason, then TCP's.
    private static Decision anyOf(Set<Integer> ports, ByPort question) {
        Decision denied = null;
        for (int i = 0; i < Transport.COUNT; i++) {
            for (int port : ports) {
                Decision decision = question.decide(Transport.at(i), port);
                if (decision.allowed()) {
                    return decision;
                }
                boolean better = denied != null && denied.kind() != Decision.Kind.GUARD;
                if (denied == null || better && decision.kind() == Decision.Kind.GUARD) {
                    denied = decision;
                }
            }
        }
        return denied;
    }
}
