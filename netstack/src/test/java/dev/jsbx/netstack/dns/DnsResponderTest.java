package dev.jsbx.netstack.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.policy.Action;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.Mode;
import dev.jsbx.netstack.policy.Policy;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Rule;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a guest gets for its queries; replies are read by Netty's codec. */
class DnsResponderTest {
    private static final Ip PUBLIC = Ip.parse("93.184.216.34");

    private final Map<String, DnsAnswer> world = new HashMap<>();
    private final List<String> questions = new ArrayList<>();
    private final List<String> observed = new ArrayList<>();
    private long now;
    private final LearnedNames learned = new LearnedNames(() -> now);
    private PolicyEngine engine =
            engine(Mode.LOCKED_DOWN, "example.com", "*.example.org", "reb.example");
    private final DnsResponder responder =
            new DnsResponder(
                    () -> engine,
                    (name, type, done) -> {
                        questions.add(name + " " + type);
                        done.accept(
                                world.getOrDefault(
                                        name + " " + type, DnsAnswer.none(DnsType.NXDOMAIN)));
                    },
                    learned,
                    DnsSettings.hostAt(List.of(Ip.parse("192.168.127.1")), true),
                    (name, type, decision) -> observed.add(name + " " + decision.action()),
                    () -> now);

    private static PolicyEngine engine(Mode mode, String... allowed) {
        List<Rule> rules = new ArrayList<>();
        for (String each : allowed) {
            rules.add(Rule.of(Action.ALLOW, each));
        }
        return PolicyEngine.compile(
                new Policy(Optional.of(mode), rules, Map.of()),
                Optional.empty(),
                Optional.empty(),
                HostAddresses.NONE);
    }

    private static ByteBuf query(String name, int type, int... opt) {
        ByteBuf out = Unpooled.buffer();
        out.writeShort(7).writeShort(0x0100).writeShort(1).writeInt(0).writeShort(opt.length);
        DnsNames.write(out, name);
        out.writeShort(type).writeShort(1);
        for (int payload : opt) {
            out.writeByte(0).writeShort(DnsType.OPT).writeShort(payload).writeInt(0).writeShort(0);
        }
        return out;
    }

    private DatagramDnsResponse ask(ByteBuf message, boolean tcp) {
        List<ByteBuf> replies = new ArrayList<>();
        responder.answer(message, tcp, replies::add);
        if (replies.isEmpty()) {
            return null;
        }
        InetSocketAddress there = new InetSocketAddress("127.0.0.1", 53);
        EmbeddedChannel reader = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        reader.writeInbound(new DatagramPacket(replies.getFirst(), there, there));
        return reader.readInbound();
    }

    private DatagramDnsResponse ask(String name, int type) {
        return ask(query(name, type), false);
    }

    private static List<String> answers(DatagramDnsResponse response) {
        return IntStream.range(0, response.count(DnsSection.ANSWER))
                .mapToObj(i -> (DnsRawRecord) response.recordAt(DnsSection.ANSWER, i))
                .map(r -> r.name() + " " + r.timeToLive() + " " + ByteBufUtil.hexDump(r.content()))
                .toList();
    }

    private void answer(String name, int type, DnsRecord... records) {
        world.put(name + " " + type, new DnsAnswer(DnsType.NOERROR, List.of(records), 0));
    }

    @Test
    void anAllowedNameIsAnsweredAndLearned() {
        answer("example.com", DnsType.A, DnsRecord.of("example.com", PUBLIC, 300));
        DatagramDnsResponse response = ask("eXample.COM", DnsType.A);
        assertThat(response.id()).isEqualTo(7);
        assertThat(response.recordAt(DnsSection.QUESTION).name()).isEqualTo("eXample.COM.");
        assertThat(answers(response)).containsExactly("eXample.COM. 300 5db8d822");
        assertThat(learned.of(PUBLIC)).containsExactly("example.com");
        now += 100_000_000_000L;
        assertThat(answers(ask("example.com", DnsType.A)))
                .containsExactly("example.com. 200 5db8d822");
        assertThat(questions).containsExactly("example.com 1");
        now += 201_000_000_000L;
        ask("example.com", DnsType.A);
        assertThat(questions).hasSize(2);
        now += 700_000_000_000L;
        assertThat(learned.of(PUBLIC)).isEmpty();
    }

    @Test
    void aDeniedNameNeverLeavesTheHost() {
        for (String name : List.of("evil.example", "secret.data.evil.example", "a.b.example.org")) {
            assertThat(ask(name, DnsType.A).code().intValue()).isEqualTo(DnsType.NXDOMAIN);
            assertThat(ask(name, DnsType.TXT).code().intValue()).isEqualTo(DnsType.NXDOMAIN);
        }
        assertThat(questions).isEmpty();
        assertThat(observed).hasSize(6).allMatch(line -> line.endsWith(" deny"));
    }

    @Test
    void addressesThatPolicyDeniesAreLeftOut() {
        answer(
                "reb.example",
                DnsType.A,
                DnsRecord.of("reb.example", Ip.parse("127.0.0.1"), 1),
                DnsRecord.of("reb.example", PUBLIC, 1));
        assertThat(answers(ask("reb.example", DnsType.A)))
                .containsExactly("reb.example. 1 5db8d822");
        assertThat(learned.of(Ip.parse("127.0.0.1"))).isEmpty();
        answer("reb.example", DnsType.AAAA, DnsRecord.of("reb.example", Ip.parse("fd00::1"), 1));
        assertThat(ask("reb.example", DnsType.AAAA).code().intValue()).isEqualTo(DnsType.NXDOMAIN);
        assertThat(observed).contains("reb.example deny");
    }

    @Test
    void aliasesAreFollowedWithinTheAnswerAndNowhereElse() {
        ByteBuf target = Unpooled.buffer();
        DnsNames.write(target, "cdn.example.net");
        answer(
                "example.com",
                DnsType.A,
                new DnsRecord("example.com", DnsType.CNAME, 30, ByteBufUtil.getBytes(target)),
                DnsRecord.of("cdn.example.net", PUBLIC, 300),
                DnsRecord.of("other.example.net", Ip.parse("8.8.8.8"), 300));
        assertThat(answers(ask("example.com", DnsType.A)))
                .containsExactly("example.com. 30 5db8d822");
        assertThat(learned.of(PUBLIC)).containsExactly("example.com");
        assertThat(learned.of(Ip.parse("8.8.8.8"))).isEmpty();
    }

    @Test
    void hostNamesAndLocalhostAreAnsweredHere() {
        assertThat(answers(ask("host.jsbx.internal", DnsType.A)))
                .containsExactly("host.jsbx.internal. 60 c0a87f01");
        assertThat(answers(ask("localhost", DnsType.A))).containsExactly("localhost. 60 7f000001");
        for (String name :
                List.of("use-application-dns.net", "x.onion", "p.local", "127.1", "0x7f.1")) {
            assertThat(ask(name, DnsType.A).code().intValue()).as(name).isEqualTo(DnsType.NXDOMAIN);
        }
        assertThat(questions).isEmpty();
    }

    @Test
    void reverseNamesFollowPolicyOnAddresses() {
        assertThat(ask("1.0.0.10.in-addr.arpa", DnsType.PTR).code().intValue())
                .isEqualTo(DnsType.NXDOMAIN);
        learned.learn("example.com", PUBLIC, 60);
        DatagramDnsResponse response = ask("34.216.184.93.in-addr.arpa", DnsType.PTR);
        assertThat(response.count(DnsSection.ANSWER)).isEqualTo(1);
        assertThat(questions).isEmpty();
        assertThat(
                        ReverseName.parse(
                                "b.a.9.8.7.6.5.4.3.2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"))
                .isEqualTo(Ip.parse("2001:db8::123:4567:89ab"));
    }

    @Test
    void serviceBindingsLoseWhatLeadsPastPolicy() {
        // 1 . alpn=h3,h2 ipv4hint=1.2.3.4 ech=00 port=8443
        byte[] data =
                ByteBufUtil.decodeHexDump(
                        "000100"
                                + "00010006026833026832"
                                + "0003000220fb"
                                + "0004000401020304"
                                + "0005000100");
        answer("example.com", DnsType.HTTPS, new DnsRecord("example.com", DnsType.HTTPS, 9, data));
        assertThat(answers(ask("example.com", DnsType.HTTPS)))
                .containsExactly("example.com. 9 000100" + "00010003026832" + "0003000220fb");
        assertThat(
                        ServiceBinding.strip(
                                ByteBufUtil.decodeHexDump("0001000000000200050005000100"),
                                n -> true))
                .isEmpty();
        assertThat(
                        ServiceBinding.strip(
                                ByteBufUtil.decodeHexDump("00010165026578000001"), n -> true))
                .isEmpty();
    }

    @Test
    void longAnswersAreTruncatedOverUdpOnly() {
        DnsRecord[] many = new DnsRecord[60];
        for (int i = 0; i < many.length; i++) {
            many[i] = DnsRecord.of("example.com", Ip.parse("93.184.216." + i), 60);
        }
        answer("example.com", DnsType.A, many);
        DatagramDnsResponse cut = ask(query("example.com", DnsType.A), false);
        assertThat(cut.isTruncated()).isTrue();
        assertThat(cut.count(DnsSection.ANSWER)).isBetween(10, 31);
        assertThat(ask(query("example.com", DnsType.A, 4096), false).count(DnsSection.ANSWER))
                .isEqualTo(60);
        DatagramDnsResponse whole = ask(query("example.com", DnsType.A), true);
        assertThat(whole.isTruncated()).isFalse();
        assertThat(whole.count(DnsSection.ANSWER)).isEqualTo(60);
    }

    @Test
    void tunnelsRunDry() {
        engine = engine(Mode.OPEN);
        int passed = 0;
        for (int i = 0; i < 2000; i++) {
            String label = "x".repeat(50) + i;
            passed +=
                    ask(label + ".tunnel.example", DnsType.TXT).code().intValue() == DnsType.REFUSED
                            ? 0
                            : 1;
            now += 100_000_000L;
        }
        assertThat(passed).isBetween(300, 500);
        assertThat(ask("www.example.com", DnsType.A).code().intValue()).isEqualTo(DnsType.NXDOMAIN);
    }

    @Test
    void whatIsNoQueryIsRefusedOrIgnored() {
        assertThat(ask(Unpooled.wrappedBuffer(new byte[11]), false)).isNull();
        ByteBuf response = query("example.com", DnsType.A).setShort(2, 0x8100);
        assertThat(ask(response, false)).isNull();
        assertThat(
                        ask(query("example.com", DnsType.A).setShort(2, 0x2800), false)
                                .code()
                                .intValue())
                .isEqualTo(DnsType.NOTIMP);
        assertThat(ask(query("example.com", DnsType.A).setShort(4, 2), false).code().intValue())
                .isEqualTo(DnsType.FORMERR);
        assertThat(ask(query("example.com", DnsType.A).writeByte(0), false).code().intValue())
                .isEqualTo(DnsType.FORMERR);
        assertThat(ask(query("example.com", DnsType.A).setByte(12, 0xc0), false).code().intValue())
                .isEqualTo(DnsType.FORMERR);
    }

    @Test
    void anAuditLogThatFailsRefuses() {
        DnsResponder refusing =
                new DnsResponder(
                        () -> engine,
                        (name, type, done) -> questions.add(name),
                        learned,
                        DnsSettings.hostAt(List.of(PUBLIC), true),
                        (String name, int type, Decision decision) -> {
                            throw new IllegalStateException("disk full");
                        });
        List<ByteBuf> replies = new ArrayList<>();
        refusing.answer(query("example.com", DnsType.A), false, replies::add);
        assertThat(replies.getFirst().getByte(3) & 15).isEqualTo(DnsType.REFUSED);
        assertThat(questions).isEmpty();
    }

    @Test
    void everyQuestionIsObservedOnceWhoeverAnswers() {
        answer("example.com", DnsType.A, DnsRecord.of("example.com", PUBLIC, 300));
        ask("example.com", DnsType.A);
        ask("example.com", DnsType.A);
        ask("printer.local", DnsType.A);
        ask("host.jsbx.internal", DnsType.A);
        ask("evil.example", DnsType.A);
        assertThat(questions).hasSize(1);
        assertThat(observed)
                .containsExactly(
                        "example.com allow",
                        "example.com allow",
                        "printer.local deny",
                        "host.jsbx.internal allow",
                        "evil.example deny");
    }

    @Test
    void aResolverThatFailsTakesNoPlaces() {
        DnsResponder failing =
                new DnsResponder(
                        () -> engine,
                        (name, type, done) -> {
                            throw new IllegalArgumentException(name);
                        },
                        learned,
                        DnsSettings.hostAt(List.of(), true),
                        (name, type, decision) ->
                                assertThat(decision.kind()).isNotEqualTo(Decision.Kind.LIMIT),
                        () -> now += 1_000_000_000L);
        for (int i = 0; i < 300; i++) {
            List<ByteBuf> replies = new ArrayList<>();
            failing.answer(query("example.com", DnsType.A), false, replies::add);
            assertThat(replies).hasSize(1);
        }
    }
}
