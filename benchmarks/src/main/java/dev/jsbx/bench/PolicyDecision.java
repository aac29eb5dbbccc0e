package dev.jsbx.bench;

import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Rule;
import dev.jsbx.netstack.policy.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One policy decision with 1000 rules: hosts, wildcards, blocks of both versions. The worst cases
 * have 97 blocks around one IPv6 address, each with a port.
 */
@State(Scope.Thread)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PolicyDecision {
    private static final int RULES = 1000;

    private final PolicyEngine engine = engine();
    private final Ip address = Ip.parse("93.184.216.34");
    private final Ip ipv6 = Ip.parse("2606:4700:77::1");
    private final Ip nested = Ip.parse("2001:4860::");
    private final Ip local = Ip.parse("fd00::1");
    private final Ip translated = Ip.parse("64:ff9b::10.1.2.3");

    private static PolicyEngine engine() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < RULES; i++) {
            String resource =
                    switch (i % 5) {
                        case 0 -> "host" + i + ".example.com:443";
                        case 1 -> "*.zone" + i + ".example.org";
                        case 2 -> "**.deep" + i + ".example.net";
                        case 3 -> "93." + i / 250 + "." + i % 250 + ".0/24";
                        default -> "2606:4700:" + Integer.toHexString(i) + "::/48";
                    };
            rules.add(Rule.of(i % 2 == 0 ? Action.ALLOW : Action.DENY, resource));
        }
        for (int bits = 32; bits <= 128; bits++) {
            String resource = "[2001:4860::/" + bits + "]:443";
            rules.set(rules.size() - bits, Rule.of(Action.ALLOW, resource));
        }
        return PolicyEngine.compile(
                new Policy(Optional.of(Mode.BALANCED), rules, Map.of()),
                Optional.empty(),
                Optional.empty(),
                HostAddresses.NONE);
    }

    /** A host that a rule names. */
    @Benchmark
    public Decision host() {
        return engine.decide(Transport.TCP, "host500.example.com", address, 443);
    }

    /** A name four labels below a wildcard. */
    @Benchmark
    public Decision wildcard() {
        return engine.decide(Transport.TCP, "a.b.c.d.deep502.example.net", address, 443);
    }

    /** A name and an address that no rule knows: every index is asked. */
    @Benchmark
    public Decision nothing() {
        return engine.decide(Transport.TCP, "www.some-unknown-host.example", address, 443);
    }

    /** An IPv6 address without a name. */
    @Benchmark
    public Decision block() {
        return engine.decide(Transport.TCP, null, ipv6, 443);
    }

    /** An IPv6 address in the middle of many blocks, all of which have to be looked at. */
    @Benchmark
    public Decision nested() {
        return engine.decide(Transport.TCP, "www.some-unknown-host.example", nested, 443);
    }

    /** A name that rules allow, at an address that is not public. */
    @Benchmark
    public Decision rebound() {
        return engine.decide(Transport.TCP, "host500.example.com", local, 443);
    }

    /** A private IPv4 address behind NAT64: both are looked up. */
    @Benchmark
    public Decision translated() {
        return engine.decide(Transport.TCP, null, translated, 443);
    }
}
