package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every case of {@code decisions.txt}, whose head explains the format. */
class DecisionTableTest {
    private static final String SANDBOX = "me";

    /** The block that the cases being read belong to. */
    private static final class Block {
        final Mode mode;
        final List<Rule> rules = new ArrayList<>();
        final List<SpecialBlock> host = new ArrayList<>();

        Block(Mode mode) {
            this.mode = mode;
        }

        PolicyEngine compile() {
            Map<String, SandboxPolicy> sandboxes = new HashMap<>();
            rules.stream()
                    .flatMap(rule -> rule.sandbox().stream())
                    .forEach(
                            name ->
                                    sandboxes.put(
                                            name,
                                            new SandboxPolicy(
                                                    Optional.empty(),
                                                    rules.stream()
                                                            .filter(r -> r.scope().endsWith(name))
                                                            .toList())));
            List<Rule> global = rules.stream().filter(r -> r.sandbox().isEmpty()).toList();
            return PolicyEngine.compile(
                    new Policy(Optional.of(mode), global, sandboxes),
                    Optional.of(SANDBOX),
                    Optional.empty(),
                    new HostAddresses(host));
        }
    }

    @TestFactory
    Stream<DynamicTest> decisions() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        Block block = null;
        int number = 0;
        for (String line : lines()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split(" ");
            switch (words[0]) {
                case "mode" -> block = new Block(Mode.parse(words[1]));
                case "rule" -> block.rules.add(rule(words));
                case "host" ->
                        block.host.add(new SpecialBlock(Cidr.parse(words[1]), "the host's own"));
                default -> {
                    PolicyEngine engine = block.compile();
                    tests.add(
                            DynamicTest.dynamicTest(
                                    number + ": " + line, () -> check(engine, line, words)));
                }
            }
        }
        return tests.stream();
    }

    @Test
    void tableIsLong() throws IOException {
        assertThat(decisions().count()).isGreaterThan(200);
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = DecisionTableTest.class.getResourceAsStream("decisions.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static Rule rule(String[] words) {
        int at = words[1].startsWith("@") ? 2 : 1;
        Action action = words[at].equals("allow") ? Action.ALLOW : Action.DENY;
        Set<Transport> transports = Rule.defaultTransports(action);
        if (words.length > at + 2) {
            transports = EnumSet.noneOf(Transport.class);
            for (String word : words[at + 2].split(",")) {
                transports.add(Transport.parse(word));
            }
        }
        return new Rule(
                action,
                Resource.parse(words[at + 1]),
                transports,
                at == 1 ? Optional.empty() : Optional.of(words[1].substring(1)));
    }

    private static void check(PolicyEngine engine, String line, String[] words) {
        if (words[0].equals("none")) {
            assertThat(Host.fromWire(line.substring("none ".length()))).isEmpty();
            return;
        }
        String target = words[2];
        int equals = target.indexOf('=');
        int colon = target.lastIndexOf(':');
        String written = target.substring(equals + 1, colon);
        Ip address = ((Host.Address) Host.fromWire(written).orElseThrow()).ip();
        String name = null;
        if (equals >= 0) {
            Host host = Host.fromWire(target.substring(0, equals)).orElseThrow();
            switch (host) {
                case Host.Name given -> name = given.text();
                case Host.Address given -> assertThat(given.ip()).isEqualTo(address);
            }
        }
        Decision decision =
                engine.decide(
                        Transport.parse(words[1]),
                        name,
                        address,
                        Integer.parseInt(target.substring(colon + 1)));
        assertThat(decision.action()).as(decision.toString()).isEqualTo(words[0]);
        if (words.length > 3) {
            assertThat(decision.kind().name()).as(decision.toString()).isEqualTo(words[3]);
        }
        assertThat(decision.rule()).isNotBlank();
        assertThat(decision.reason()).isNotBlank().doesNotContain("\n");
    }
}
