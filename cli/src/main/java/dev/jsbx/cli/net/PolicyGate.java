package dev.jsbx.cli.net;

import dev.jsbx.cli.proxy.Destination;
import dev.jsbx.cli.proxy.SecretProxy;
import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.audit.Attempt;
import dev.jsbx.netstack.audit.AuditException;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.audit.Via;
import dev.jsbx.netstack.dns.DnsResponder;
import dev.jsbx.netstack.dns.LearnedNames;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Transport;
import dev.jsbx.netstack.sniff.NameCheck;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Decides the flows of one guest by its policy and writes each down before it may begin. What
 * cannot be written down is refused. Called on the stack's event loop.
 */
final class PolicyGate implements FlowPolicy {
    private static final int DNS = 53;

    /** Where next to nobody speaks anything but HTTP. */
    private static final Set<Integer> HTTP = Set.of(80, 3000, 5000, 8000, 8008, 8080, 8888);

    private static final Ip LOOPBACK4 = Ip.parse("127.0.0.1");
    private static final Ip LOOPBACK6 = Ip.parse("::1");

    private final Supplier<PolicyEngine> engine;
    private final AuditLog audit;
    private final Addressing who;
    private final LearnedNames names;
    private final DnsResponder dns;
    private final SecretProxy proxy;
    private final Map<Long, Standing> standings = new HashMap<>();

    /**
     * @param engine of the moment
     * @param names by which the guest learned of addresses
     * @param dns what answers at the gateway's port 53
     * @param proxy ends connections to hosts that secrets are for
     */
    PolicyGate(
            Supplier<PolicyEngine> engine,
            AuditLog audit,
            Addressing who,
            LearnedNames names,
            DnsResponder dns,
            SecretProxy proxy) {
        this.engine = engine;
        this.audit = audit;
        this.who = who;
        this.names = names;
        this.dns = dns;
        this.proxy = proxy;
    }

    @Override
    public Verdict decide(Flow flow) {
        if (isDns(flow)) {
            return new Verdict.Terminate(
                    flow.protocol() == Protocol.TCP
                            ? pipeline -> DnsHandler.tcp(pipeline, dns)
                            : pipeline -> DnsHandler.udp(pipeline, dns),
                    FlowObserver.NONE);
        }
        Peer peer = peer(flow.destination());
        NameCheck.Connected connected =
                NameCheck.connect(
                        engine.get(),
                        Transport.of(flow.protocol()),
                        peer.names(),
                        peer.ip(),
                        peer.port());
        long number;
        try {
            number = audit.attempt(attempt(flow, peer, connected));
        } catch (AuditException e) {
            return Verdict.refuse();
        }
        return connected.decision().allowed()
                ? relay(flow, peer, number)
                : refuse(flow, peer, connected.decision(), number);
    }

    private Verdict relay(Flow flow, Peer peer, long number) {
        Standing standing =
                new Standing(
                        engine,
                        audit,
                        Transport.of(flow.protocol()),
                        peer,
                        number,
                        () -> standings.remove(flow.id()));
        standings.put(flow.id(), standing);
        if (flow.protocol() != Protocol.TCP) {
            return new Verdict.Relay(peer.address(), pipeline -> {}, standing);
        }
        Consumer<ChannelPipeline> inspection = watched(standing, peer, false);
        Optional<Consumer<ChannelPipeline>> ended =
                proxy.intercept(
                        new Destination(peer.names(), peer.address(), otherwise(peer)),
                        standing,
                        inspection);
        if (ended.isPresent()) {
            return new Verdict.Terminate(ended.get(), standing);
        }
        return new Verdict.Relay(peer.address(), otherwise(peer), inspection, standing);
    }

    private static Consumer<ChannelPipeline> watched(Judge judge, Peer peer, boolean mustSpeak) {
        return pipeline ->
                pipeline.addLast(new FirstBytes(judge, peer.host(), peer.port(), mustSpeak));
    }

    // A service of the host may listen on ::1 only.
    private Optional<InetSocketAddress> otherwise(Peer peer) {
        return Optional.of(new InetSocketAddress(LOOPBACK6.toInetAddress(), peer.port()))
                .filter(other -> peer.isHost())
                .filter(
                        other ->
                                engine.get()
                                        .decide(
                                                Transport.TCP,
                                                HostName.LOCALHOST,
                                                LOOPBACK6,
                                                peer.port())
                                        .allowed());
    }

    // Whoever speaks HTTP gets to read why nothing comes of it.
    private Verdict refuse(Flow flow, Peer peer, Decision decision, long number) {
        if (flow.protocol() != Protocol.TCP || !HTTP.contains(peer.port())) {
            return Verdict.refuse();
        }
        Judge judge =
                sniffed -> {
                    Standing.log(audit, number, sniffed, decision);
                    return decision;
                };
        return new Verdict.Terminate(
                watched(judge, peer, true), end -> Standing.end(audit, number, end, "denied"));
    }

    private boolean isDns(Flow flow) {
        Ip address = Ip.of(flow.destination().getAddress());
        return flow.destination().getPort() == DNS
                && flow.protocol() != Protocol.ICMP
                && who.isGateway(address.high(), address.low());
    }

    /** Whether a flow that stands would still be allowed. */
    boolean allows(Flow flow) {
        Standing standing = standings.get(flow.id());
        return standing == null || standing.isAllowed();
    }

    private Peer peer(InetSocketAddress destination) {
        Ip address = Ip.of(destination.getAddress());
        if (who.isGateway(address.high(), address.low())) {
            return Peer.host(
                    new InetSocketAddress(LOOPBACK4.toInetAddress(), destination.getPort()));
        }
        return new Peer(names.of(address), destination);
    }

    private static Attempt attempt(Flow flow, Peer peer, NameCheck.Connected connected) {
        return new Attempt(
                Transport.of(flow.protocol()).text(),
                connected.name(),
                peer.ip(),
                peer.port(),
                connected.decision(),
                flow.protocol() == Protocol.TCP ? Via.TRANSPARENT : Via.NETWORK);
    }
}
