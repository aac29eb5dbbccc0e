package dev.jsbx.cli.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Grant;
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.PolicyFile;
import dev.jsbx.netstack.policy.PolicySyntaxException;
import dev.jsbx.netstack.policy.Rule;
import dev.jsbx.netstack.policy.Target;
import dev.jsbx.netstack.policy.Transport;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code policy check network}: what would become of a connection, and why. */
public final class PolicyCheck {
    private static final Ip LOOPBACK = Ip.parse("127.0.0.1");

    /** The decision on one address of a name, or on the name alone. */
    private record Answer(Optional<Ip> address, Decision decision) {}

    private final PolicyEngine engine;
    private final Optional<String> sandbox;
    private final Transport transport;
    private final Target target;
    private final List<Answer> answers = new ArrayList<>();

    /**
     * @param resolve whether to look a name up and judge its addresses, too
     * @throws Failure with code 2 if the target is none
     */
    public PolicyCheck(
            PolicyFile file,
            Optional<String> sandbox,
            String protocol,
            String target,
            boolean resolve) {
        try {
            this.transport = Transport.parse(protocol);
            this.target = Target.parse(target);
        } catch (PolicySyntaxException e) {
            throw Failure.usage(e.getMessage());
        }
        this.sandbox = sandbox;
        this.engine = engine(file, sandbox);
        decide(resolve);
    }

    private static PolicyEngine engine(PolicyFile file, Optional<String> sandbox) {
        try {
            return PolicyEngine.compile(
                    file.read(),
                    sandbox,
                    Optional.empty(),
                    sandbox.map(AgentGrant::of).orElse(Grant.NONE),
                    HostAddresses.current());
        } catch (PolicySyntaxException e) {
            return PolicyEngine.denyAll(e.getMessage());
        } catch (SocketException e) {
            throw Failure.failed("the host's own addresses are unknown: " + e.getMessage());
        } catch (IOException e) {
            return PolicyEngine.denyAll(file.path() + " cannot be read: " + e.getMessage());
        }
    }

    private void decide(boolean resolve) {
        int port = transport == Transport.ICMP ? 0 : target.port();
        if (target.host() instanceof Host.Address literal) {
            add(Optional.of(literal.ip()), engine.decide(transport, null, literal.ip(), port));
            return;
        }
        String name = target.name().orElseThrow();
        if (name.equals(HostName.LOCALHOST)) {
            add(Optional.of(LOOPBACK), engine.decide(transport, name, LOOPBACK, port));
        } else if (resolve) {
            for (Ip ip : lookUp(name)) {
                add(Optional.of(ip), engine.decide(transport, name, ip, port));
            }
        } else {
            add(Optional.empty(), engine.decideName(transport, name, port));
        }
    }

    private void add(Optional<Ip> address, Decision decision) {
        answers.add(new Answer(address, decision));
    }

    private static List<Ip> lookUp(String name) {
        try {
            List<Ip> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(name)) {
                addresses.add(Ip.of(address));
            }
            return addresses;
        } catch (UnknownHostException e) {
            throw Failure.failed(name + " does not resolve here: check it without --resolve");
        }
    }

    /** The decision: allowed if any of the addresses may be reached. */
    public Decision decision() {
        return answers.stream()
                .map(Answer::decision)
                .filter(Decision::allowed)
                .findFirst()
                .orElse(answers.getFirst().decision());
    }

    /** 0 if allowed, 1 if denied. */
    public int exitCode() {
        return decision().allowed() ? 0 : Failure.FAILED;
    }

    /**
     * @param verbose whether to list every rule that matches, the decisive one first
     */
    public void print(PrintStream out, boolean verbose) {
        Decision decision = decision();
        out.println((decision.allowed() ? "Allowed: " : "Denied: ") + target);
        out.println("  Rule:   " + decision.rule());
        out.println("  Reason: " + decision.reason());
        boolean several = answers.size() > 1;
        for (Answer answer : answers) {
            boolean worthwhile = several || verbose;
            if (worthwhile && answer.address.isPresent()) {
                out.printf(
                        "  %s: %s, %s%n",
                        answer.address.get(), answer.decision.action(), answer.decision.rule());
            }
        }
        if (verbose) {
            matching().forEach(rule -> out.println("  Matches: " + rule));
            out.println("  Mode:   " + engine.mode().text());
        }
    }

    private List<Rule> matching() {
        List<Rule> matching = new ArrayList<>();
        for (Answer answer : answers) {
            engine.rules().stream()
                    .filter(
                            rule ->
                                    rule.matches(
                                            transport,
                                            target.name().orElse(null),
                                            answer.address.orElse(null),
                                            target.port()))
                    .filter(rule -> !matching.contains(rule))
                    .forEach(matching::add);
        }
        matching.sort((a, b) -> a.beats(b) ? -1 : b.beats(a) ? 1 : 0);
        return matching;
    }

    public void printJson(PrintStream out) {
        Decision decision = decision();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeStringField("action", "net:connect:" + transport.text());
            json.writeBooleanField("allowed", decision.allowed());
            json.writeStringField("context", sandbox.map(n -> "sandbox:" + n).orElse("global"));
            if (!decision.allowed()) {
                boolean explicit = decision.kind() == Decision.Kind.RULE;
                json.writeStringField("deny_kind", explicit ? "explicit" : "implicit");
            }
            json.writeObjectFieldStart("governance");
            json.writeBooleanField("active", false);
            json.writeEndObject();
            json.writeStringField("origin", "local");
            json.writeStringField("reason", decision.reason());
            boolean address = target.host() instanceof Host.Address;
            json.writeStringField("resource_type", address ? "net:ip" : "net:domain");
            json.writeStringField("resource_value", target.toString());
            json.writeStringField("rule", decision.rule());
            json.writeStringField("target", target.toString());
            json.writeStringField("type", "network");
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw Failure.failed("cannot print: " + e.getMessage());
        }
    }
}
