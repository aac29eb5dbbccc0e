package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers a guest's DNS queries under policy: whether a name may be looked up, and which addresses
 * may stand in the answer. Knows messages, not transports. Confined to the stack's event loop.
 */
public final class DnsResponder {
    private static final int MAX_PENDING = 256;
    private static final int STATIC_TTL = 60;
    private static final Ip LOOPBACK4 = Ip.parse("127.0.0.1");
    private static final Ip LOOPBACK6 = Ip.parse("::1");
    private static final Decision TOO_MANY =
            new Decision(
                    false,
                    Decision.Kind.LIMIT,
                    "query limit",
                    "more DNS queries than an honest client makes, as in tunnels: try later");

    private static final Decision NEVER_PUBLIC =
            new Decision(
                    false,
                    Decision.Kind.NAMES,
                    "never public",
                    "names such as this one are on no public name server");
    private static final Decision OWN =
            new Decision(
                    true,
                    Decision.Kind.NAMES,
                    "own name",
                    "answered by jsbx itself; connections there are decided by rules on localhost");

    private final Supplier<PolicyEngine> policy;
    private final Resolver resolver;
    private final LearnedNames learned;
    private final DnsSettings settings;
    private final DnsObserver observer;
    private final AnswerCache cache;
    private final QueryLimits limits;
    private int pending;

    /**
     * @param policy the engine of the moment
     * @param learned where names of handed-out addresses are put
     */
    public DnsResponder(
            Supplier<PolicyEngine> policy,
            Resolver resolver,
            LearnedNames learned,
            DnsSettings settings,
            DnsObserver observer) {
        this(policy, resolver, learned, settings, observer, System::nanoTime);
    }

    DnsResponder(
            Supplier<PolicyEngine> policy,
            Resolver resolver,
            LearnedNames learned,
            DnsSettings settings,
            DnsObserver observer,
            LongSupplier nanos) {
        this.policy = Objects.requireNonNull(policy);
        this.resolver = Objects.requireNonNull(resolver);
        this.learned = Objects.requireNonNull(learned);
        this.settings = Objects.requireNonNull(settings);
        this.observer = Objects.requireNonNull(observer);
        this.cache = new AnswerCache(nanos);
        this.limits = new QueryLimits(nanos);
    }

    /**
     * Answers one message.
     *
     * @param message one DNS message without TCP's length; read, not released
     * @param tcp whether it came by TCP, so that the reply may be long
     * @param reply called once with the reply, which is the receiver's to release, at once or
     *     later; not at all for what is no query
     */
    public void answer(ByteBuf message, boolean tcp, Consumer<ByteBuf> reply) {
        DnsQuery query = DnsQuery.parse(message);
        if (query == null) {
            return;
        }
        Sink sink =
                (code, records) -> {
                    ByteBuf out = Unpooled.buffer(512);
                    DnsReply.write(out, query, code, records, tcp);
                    reply.accept(out);
                };
        if (query.error() != DnsType.NOERROR) {
            sink.send(query.error(), List.of());
            return;
        }
        try {
            answer(query.name().toLowerCase(Locale.ROOT), query.type(), sink);
        } catch (RuntimeException e) { // an audit log that cannot be written, above all
            sink.send(DnsType.REFUSED, List.of());
        }
    }

    /** Where a reply goes. */
    private interface Sink {
        void send(int code, List<DnsRecord> records);
    }

    private void answer(String name, int type, Sink sink) {
        String host = HostName.fromWire(name);
        if (host == null) {
            sink.send(DnsType.NXDOMAIN, List.of());
        } else if (isNeverPublic(host)) {
            observer.asked(host, type, NEVER_PUBLIC);
            sink.send(DnsType.NXDOMAIN, List.of());
        } else if (settings.names().containsKey(host)) {
            observer.asked(host, type, OWN);
            sink.send(DnsType.NOERROR, own(host, type, settings.names().get(host)));
        } else if (host.equals(HostName.LOCALHOST) || host.endsWith(".localhost")) {
            sink.send(DnsType.NOERROR, own(host, type, List.of(LOOPBACK4, LOOPBACK6)));
        } else if (ReverseName.isReverse(host)) {
            answerReverse(host, type, sink);
        } else {
            answerForward(host, type, sink);
        }
    }

    // RFC 6761 §6, RFC 6762 §3, RFC 7686; and Firefox' canary, so that it does not turn to DoH.
    private static boolean isNeverPublic(String host) {
        String last = host.substring(host.lastIndexOf('.') + 1);
        return switch (last) {
            case "invalid", "local", "onion" -> true;
            default -> host.equals("use-application-dns.net");
        };
    }

    private static List<DnsRecord> own(String host, int type, List<Ip> addresses) {
        return addresses.stream()
                .map(ip -> DnsRecord.of(host, ip, STATIC_TTL))
                .filter(record -> record.type() == type)
                .toList();
    }

    private void answerReverse(String host, int type, Sink sink) {
        Ip ip = ReverseName.parse(host);
        List<String> known = ip == null || type != DnsType.PTR ? List.of() : learned.of(ip);
        if (!known.isEmpty()) {
            ByteBuf data = Unpooled.buffer();
            DnsNames.write(data, known.getFirst());
            byte[] bytes = new byte[data.readableBytes()];
            data.readBytes(bytes);
            sink.send(
                    DnsType.NOERROR, List.of(new DnsRecord(host, DnsType.PTR, STATIC_TTL, bytes)));
            return;
        }
        if (ip == null || type != DnsType.PTR) {
            sink.send(DnsType.NXDOMAIN, List.of());
            return;
        }
        Decision decision = policy.get().decideReach(null, ip);
        observer.asked(host, type, decision);
        if (decision.allowed()) {
            ask(host, type, answer -> pass(host, type, answer, sink), sink);
        } else {
            sink.send(DnsType.NXDOMAIN, List.of());
        }
    }

    private void answerForward(String host, int type, Sink sink) {
        Decision decision = policy.get().decideName(host);
        if (!decision.allowed()
                || !DnsType.isServed(type)
                || type == DnsType.AAAA && !settings.ipv6()) {
            observer.asked(host, type, decision);
            sink.send(decision.allowed() ? DnsType.NOERROR : DnsType.NXDOMAIN, List.of());
            return;
        }
        observer.asked(host, type, decision);
        DnsAnswer cached = cache.get(host, type);
        if (cached == null) {
            ask(host, type, answer -> pass(host, type, answer, sink), sink);
        } else {
            pass(host, type, cached, sink);
        }
    }

    private void ask(String host, int type, Consumer<DnsAnswer> then, Sink sink) {
        if (pending >= MAX_PENDING || !limits.admit(host)) {
            observer.asked(host, type, TOO_MANY);
            sink.send(DnsType.REFUSED, List.of());
            return;
        }
        pending++;
        try {
            resolver.resolve(host, type, answer -> resolved(host, type, answer, then, sink));
        } catch (RuntimeException e) {
            pending--;
            throw e;
        }
    }

    private void resolved(
            String host, int type, DnsAnswer answer, Consumer<DnsAnswer> then, Sink sink) {
        pending--;
        cache.put(host, type, answer);
        try {
            then.accept(answer);
        } catch (RuntimeException e) { // as in answer(), later
            sink.send(DnsType.REFUSED, List.of());
        }
    }

    private void pass(String host, int type, DnsAnswer answer, Sink sink) {
        PolicyEngine engine = policy.get();
        List<DnsRecord> chained = CnameChain.flatten(host, type, answer.records());
        List<DnsRecord> kept = new ArrayList<>();
        for (DnsRecord record : chained) {
            DnsRecord filtered = filter(engine, host, record);
            if (filtered != null) {
                kept.add(filtered);
            }
        }
        boolean rebinds = kept.isEmpty() && !chained.isEmpty();
        boolean address = type == DnsType.A || type == DnsType.AAAA;
        sink.send(rebinds && address ? DnsType.NXDOMAIN : answer.code(), kept);
    }

    private DnsRecord filter(PolicyEngine engine, String host, DnsRecord record) {
        return switch (record.type()) {
            case DnsType.A, DnsType.AAAA -> {
                Ip ip = record.address();
                if (ip == null) {
                    yield null;
                }
                Decision decision = engine.decideReach(host, ip);
                if (!decision.allowed()) {
                    observer.asked(host, record.type(), decision);
                    yield null;
                }
                learned.learn(host, ip, record.ttl());
                yield record;
            }
            case DnsType.SVCB, DnsType.HTTPS ->
                    ServiceBinding.strip(record.data(), name -> mayLookUp(engine, name))
                            .map(data -> record.with(record.ttl(), data))
                            .orElse(null);
            default -> record;
        };
    }

    private static boolean mayLookUp(PolicyEngine engine, String name) {
        String host = HostName.fromWire(name);
        return host != null && engine.decideName(host).allowed();
    }
}
