package dev.jsbx.cli.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.proxy.SecretProxy;
import dev.jsbx.cli.secret.SecretSource;
import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.audit.AuditEvent;
import dev.jsbx.netstack.audit.AuditFilter;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.audit.AuditOptions;
import dev.jsbx.netstack.audit.AuditReader;
import dev.jsbx.netstack.dns.DnsObserver;
import dev.jsbx.netstack.dns.DnsResponder;
import dev.jsbx.netstack.dns.DnsSettings;
import dev.jsbx.netstack.dns.LearnedNames;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Rule;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows of a guest under rules that change, and what is written down of them. */
class PolicyGateTest {
    private static final Ip SHARED = Ip.parse("93.184.216.34");

    @TempDir Path directory;
    private final LearnedNames names = new LearnedNames();
    private final Addressing who = Addressing.standard();
    private PolicyEngine engine;
    private AuditLog audit;
    private PolicyGate gate;
    private long flows;

    @BeforeEach
    void open() {
        audit = AuditLog.open(AuditOptions.in(directory), "box");
        DnsResponder dns =
                new DnsResponder(
                        () -> engine,
                        (name, type, done) -> {},
                        names,
                        new DnsSettings(Map.of(), true),
                        DnsObserver.NONE);
        SecretProxy proxy =
                new SecretProxy(
                        SecretSource.NONE,
                        () -> {
                            throw new IOException("no secret, no authority");
                        });
        gate = new PolicyGate(() -> engine, audit, who, names, dns, proxy);
    }

    @AfterEach
    void close() {
        audit.close();
    }

    private void rules(Mode mode, String... rules) {
        engine =
                PolicyEngine.compile(
                        new Policy(
                                Optional.of(mode),
                                Stream.of(rules).map(PolicyGateTest::rule).toList(),
                                Map.of()),
                        Optional.empty(),
                        Optional.empty(),
                        HostAddresses.NONE);
    }

    private static Rule rule(String text) {
        return text.startsWith("!")
                ? Rule.of(Action.DENY, text.substring(1))
                : Rule.of(Action.ALLOW, text);
    }

    private Flow flow(Ip to, int port) {
        return new Flow(
                ++flows,
                Protocol.TCP,
                Flow.Direction.FROM_GUEST,
                new InetSocketAddress(who.guestInetAddress(), 40_000),
                new InetSocketAddress(to.toInetAddress(), port));
    }

    private static EmbeddedChannel joined(Verdict verdict) {
        EmbeddedChannel channel = new EmbeddedChannel();
        ((Verdict.Relay) verdict).inspection().accept(channel.pipeline());
        return channel;
    }

    private static void say(EmbeddedChannel channel, String text) {
        channel.writeInbound(
                Unpooled.copiedBuffer(text.replace("|", "\r\n"), StandardCharsets.US_ASCII));
    }

    private static String get(String path, String host) {
        return "GET " + path + " HTTP/1.1|Host: " + host + "||";
    }

    private List<AuditEvent> log() throws Exception {
        List<AuditEvent> events = new ArrayList<>();
        new AuditReader(directory, AuditFilter.ALL).events(events::add);
        return events;
    }

    @Test
    void aRuleThatChangesCutsExactlyWhatIsNoLongerAllowed() {
        names.learn("a.example", SHARED, 60);
        names.learn("b.example", SHARED, 60);
        rules(Mode.LOCKED_DOWN, "a.example", "b.example");
        Flow toA = flow(SHARED, 80);
        Flow toB = flow(SHARED, 80);
        Flow silent = flow(SHARED, 80);
        EmbeddedChannel a = joined(gate.decide(toA));
        EmbeddedChannel b = joined(gate.decide(toB));
        gate.decide(silent);
        say(a, get("/", "a.example"));
        say(b, get("/", "b.example"));
        assertThat(List.of(gate.allows(toA), gate.allows(toB), gate.allows(silent)))
                .containsExactly(true, true, true);
        rules(Mode.LOCKED_DOWN, "b.example");
        assertThat(List.of(gate.allows(toA), gate.allows(toB), gate.allows(silent)))
                .containsExactly(false, true, true);
        rules(Mode.LOCKED_DOWN);
        assertThat(List.of(gate.allows(toA), gate.allows(toB), gate.allows(silent)))
                .containsExactly(false, false, false);
        a.finishAndReleaseAll();
        b.finishAndReleaseAll();
    }

    @Test
    void aNameThatIsForgottenMeanwhileCutsNothing() {
        names.learn("a.example", SHARED, 60);
        rules(Mode.LOCKED_DOWN, "a.example");
        Flow flow = flow(SHARED, 443);
        gate.decide(flow);
        for (int i = 0; i < 10_000; i++) { // more addresses than are remembered
            names.learn("x.example", Ip.parse("198." + (i >> 8) + "." + (i & 255) + ".9"), 60);
        }
        assertThat(names.of(SHARED)).isEmpty();
        rules(Mode.LOCKED_DOWN, "a.example", "!c.example");
        assertThat(gate.allows(flow)).isTrue();
    }

    @Test
    void theNameThatDecidedIsWrittenDown() throws Exception {
        names.learn("good.example", SHARED, 60);
        names.learn("evil.example", SHARED, 60);
        rules(Mode.LOCKED_DOWN, "good.example");
        gate.decide(flow(SHARED, 443));
        assertThat(log().getFirst().field("name")).isEqualTo("good.example");
        assertThat(log().getFirst().field("rule")).contains("good.example");
    }

    @Test
    void everyRequestIsWrittenDown() throws Exception {
        names.learn("good.example", SHARED, 60);
        rules(Mode.LOCKED_DOWN, "good.example");
        Flow flow = flow(SHARED, 80);
        Verdict verdict = gate.decide(flow);
        EmbeddedChannel channel = joined(verdict);
        say(channel, get("/1", "good.example") + get("/2?secret", "good.example"));
        say(channel, get("/3", "evil.example"));
        verdict.observer().closed(new FlowEnd(FlowEnd.Reason.FINISHED, 1, 2, 3000));
        assertThat(log().stream().map(e -> e.kind() + e.field("path") + e.field("decision")))
                .containsExactly(
                        "attemptallow", "request/1allow", "request/2allow", "request/3deny", "end");
        channel.finishAndReleaseAll();
    }

    @Test
    void theHostIsCalledOnBothLoopbacks() {
        rules(Mode.BALANCED, "localhost:8080");
        Ip gateway = Ip.of(who.gatewayInetAddress());
        Verdict.Relay relay = (Verdict.Relay) gate.decide(flow(gateway, 8080));
        assertThat(relay.target().getAddress().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(relay.otherwise().orElseThrow().getAddress().getHostAddress())
                .isEqualTo("0:0:0:0:0:0:0:1");
        names.learn("a.example", SHARED, 60);
        rules(Mode.BALANCED, "a.example");
        assertThat(((Verdict.Relay) gate.decide(flow(SHARED, 80))).otherwise()).isEmpty();
    }

    @Test
    void deniedHttpIsToldWhy() throws Exception {
        names.learn("evil.example", SHARED, 60);
        rules(Mode.LOCKED_DOWN);
        Verdict verdict = gate.decide(flow(SHARED, 80));
        EmbeddedChannel channel = new EmbeddedChannel();
        ((Verdict.Terminate) verdict).initialiser().accept(channel.pipeline());
        say(channel, get("/1", "evil.example"));
        ByteBuf page = channel.readOutbound();
        assertThat(page.toString(StandardCharsets.UTF_8))
                .contains("evil.example:80: mode locked-down");
        page.release();
        assertThat(log().getLast().field("path")).isEqualTo("/1");
        assertThat(gate.decide(flow(SHARED, 8080))).isInstanceOf(Verdict.Terminate.class);
        assertThat(gate.decide(flow(SHARED, 443))).isInstanceOf(Verdict.Refuse.class);
        channel.finishAndReleaseAll();
    }
}
