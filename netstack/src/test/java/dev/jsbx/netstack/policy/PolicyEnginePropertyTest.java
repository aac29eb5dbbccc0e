package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The compiled index against trying every rule, over a world small enough for rules to meet. */
class PolicyEnginePropertyTest {
    /** A connection to be decided. */
    record Target(Transport transport, String name, Ip address, int port) {}

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "ab")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(labels -> String.join(".", labels));
    }

    @Provide
    Arbitrary<Ip> addresses() {
        Arbitrary<Ip> ipv4 =
                Arbitraries.integers()
                        .between(0, 3)
                        .list()
                        .ofSize(4)
                        .map(b -> Ip.parse("8." + b.get(1) + "." + b.get(2) + "." + b.get(3)));
        Arbitrary<Ip> ipv6 =
                Arbitraries.integers()
                        .between(0, 3)
                        .list()
                        .ofSize(3)
                        .map(b -> Ip.parse("2600:" + b.get(0) + "::" + b.get(1) + ":" + b.get(2)));
        return Arbitraries.oneOf(ipv4, ipv6);
    }

    @Provide
    Arbitrary<Target> targets() {
        return Combinators.combine(
                        Arbitraries.of(Transport.class),
                        names().injectNull(0.3),
                        addresses(),
                        Arbitraries.of(22, 80, 443))
                .as(Target::new);
    }

    @Provide
    Arbitrary<Resource> resources() {
        Arbitrary<String> hosts =
                Combinators.combine(Arbitraries.of("", "*.", "**."), names()).as((w, n) -> w + n);
        Arbitrary<String> blocks =
                Combinators.combine(addresses(), Arbitraries.integers().between(0, 128))
                        .as((ip, n) -> Cidr.around(ip, ip.isIpv4() ? n / 4 : n).toString());
        Arbitrary<String> all = Arbitraries.just("*");
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(6, hosts), Tuple.of(4, blocks), Tuple.of(1, all)),
                        Arbitraries.of("", ":22", ":80", ":443"))
                .as(PolicyEnginePropertyTest::withPort);
    }

    private static Resource withPort(String host, String port) {
        boolean ipv6 = host.indexOf(':') >= 0;
        return Resource.parse((ipv6 ? "[" + host + "]" : host) + port);
    }

    @Provide
    Arbitrary<Rule> rules() {
        return Combinators.combine(
                        Arbitraries.of(Action.class),
                        resources(),
                        Arbitraries.of(Transport.class).set().ofMinSize(1))
                .as(
                        (action, resource, transports) ->
                                new Rule(action, resource, transports, Optional.empty()));
    }

    @Provide
    Arbitrary<List<Rule>> policies() {
        return rules().list().ofMaxSize(25);
    }

    private static PolicyEngine compile(Mode mode, List<Rule> rules) {
        return PolicyEngine.compile(
                new Policy(Optional.of(mode), rules, Map.of()),
                Optional.empty(),
                Optional.empty(),
                HostAddresses.NONE);
    }

    private static Rule winner(List<Rule> rules, Target target) {
        Rule best = null;
        for (Rule rule : rules) {
            if (rule.matches(target.transport, target.name, target.address, target.port)
                    && (best == null || rule.beats(best))) {
                best = rule;
            }
        }
        return best;
    }

    @Property(tries = 3000)
    void indexFindsTheRuleThatTryingAllFinds(
            @ForAll("policies") List<Rule> rules, @ForAll("targets") Target target) {
        Decision decision =
                compile(Mode.OPEN, rules)
                        .decide(target.transport, target.name, target.address, target.port);
        Rule winner = winner(rules, target);
        if (decision.kind() == Decision.Kind.QUIC) {
            assertThat(target.transport).isEqualTo(Transport.UDP);
            assertThat(target.port).isEqualTo(443);
        } else if (winner == null) {
            assertThat(decision.kind()).isEqualTo(Decision.Kind.MODE);
        } else {
            assertThat(decision.allowed()).isEqualTo(winner.action() == Action.ALLOW);
            assertThat(decision.kind()).isEqualTo(Decision.Kind.RULE);
        }
    }

    @Property
    void orderOfRulesDoesNotMatter(
            @ForAll("policies") List<Rule> rules, @ForAll("targets") Target target) {
        PolicyEngine there = compile(Mode.BALANCED, rules);
        PolicyEngine back = compile(Mode.BALANCED, rules.reversed());
        assertThat(
                        there.decide(target.transport, target.name, target.address, target.port)
                                .allowed())
                .isEqualTo(
                        back.decide(target.transport, target.name, target.address, target.port)
                                .allowed());
    }

    @Property
    void specificityIsATotalPreorder(
            @ForAll("rules") Rule a, @ForAll("rules") Rule b, @ForAll("rules") Rule c) {
        int ab = a.resource().compareSpecificity(b.resource());
        int ba = b.resource().compareSpecificity(a.resource());
        int bc = b.resource().compareSpecificity(c.resource());
        int ac = a.resource().compareSpecificity(c.resource());
        assertThat(Integer.signum(ab)).isEqualTo(-Integer.signum(ba));
        if (ab >= 0 && bc >= 0) {
            assertThat(ac).isGreaterThanOrEqualTo(0);
        }
    }

    @Property
    void oneMoreDenyNeverOpensAnything(
            @ForAll("policies") List<Rule> rules,
            @ForAll("resources") Resource resource,
            @ForAll("targets") Target target) {
        Rule deny =
                new Rule(Action.DENY, resource, EnumSet.allOf(Transport.class), Optional.empty());
        Decision before =
                compile(Mode.BALANCED, rules)
                        .decide(target.transport, target.name, target.address, target.port);
        Decision after =
                compile(Mode.BALANCED, Stream.concat(rules.stream(), Stream.of(deny)).toList())
                        .decide(target.transport, target.name, target.address, target.port);
        assertThat(!before.allowed() && after.allowed()).isFalse();
    }

    @Property
    void whatMayBeReachedMayBeLookedUp(
            @ForAll("policies") List<Rule> rules, @ForAll("targets") Target target) {
        PolicyEngine engine = compile(Mode.LOCKED_DOWN, rules);
        Decision decision =
                engine.decide(target.transport, target.name, target.address, target.port);
        if (decision.allowed()) {
            assertThat(engine.decideReach(target.name, target.address).allowed()).isTrue();
        }
        if (decision.allowed()
                && target.name != null
                && winner(rules, target).resource().kind() != Resource.Kind.ADDRESS) {
            assertThat(engine.decideName(target.name).allowed()).isTrue();
        }
    }

    @Property
    void resourcesReadBackAsWritten(@ForAll("resources") Resource resource) {
        assertThat(Resource.parse(resource.toString())).isEqualTo(resource);
    }

    @Property
    void addressesReadBackAsWritten(@ForAll long high, @ForAll long low) {
        Ip ip = new Ip(high, low);
        assertThat(Ip.parse(ip.toString())).isEqualTo(ip);
        assertThat(Ip.of(ip.toInetAddress())).isEqualTo(ip);
    }

    @Property
    void idsDifferIfAndOnlyIfRulesDo(@ForAll("rules") Rule a, @ForAll("rules") Rule b) {
        assertThat(a.id().equals(b.id())).isEqualTo(a.equals(b));
        assertThat(a.in("x").id()).isNotEqualTo(a.id());
    }

    @Property
    void hostTextIsTakenOrRefusedButNeverThrows(@ForAll String text) {
        Host.fromWire(text)
                .ifPresent(
                        host ->
                                assertThat(Host.fromWire(host.toString()))
                                        .as("normal form is stable")
                                        .contains(host));
    }

    @Property
    void resourceTextIsTakenOrRefusedInOneLine(@ForAll String text) {
        try {
            Resource resource = Resource.parse(text);
            assertThat(Resource.parse(resource.toString())).isEqualTo(resource);
        } catch (PolicySyntaxException e) {
            assertThat(e.getMessage().lines().count()).isEqualTo(1);
            assertThat(e.getMessage()).contains("accepted are");
        }
    }
}
