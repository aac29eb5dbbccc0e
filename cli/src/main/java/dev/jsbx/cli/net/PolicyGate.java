package dev.jsbx.cli.net;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
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
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Transport;
import dev.jsbx.netstack.sniff.NameCheck;
import dev.jsbx.netstack.sniff.Sniffed;
import io.netty.channel.ChannelPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Decides the flows of one guest by its policy and writes each down before it may begin. What
 * cannot be written down is refused. Called on the stack's event loop.
 */
final class PolicyGate implements FlowPolicy {
    private static final int DNS = 53;
    private static final int HTTP = 80;

    private final Supplier<PolicyEngine> engine;
    private final AuditLog audit;
    private final Addressing who;
    private final LearnedNames names;
    private final DnsResponder dns;

    /**
     * @param engine of the moment
     * @param names by which the guest learned of addresses
     * @param dns what answers at the gateway's port 53
     */
    PolicyGate(
            Supplier<PolicyEngine> engine,
            AuditLog audit,
            Addressing who,
            LearnedNames names,
            DnsResponder dns) {
        this.engine = engine;
        this.audit = audit;
        this.who = who;
        this.names = names;
        this.dns = dns;
    }

    /**
     * Whom a flow is really for: the gateway's address stands for the host's loopback.
     *
     * @param names the latest first; empty if nobody asked for the address
     */
    private record Peer(List<String> names, InetSocketAddress address) {
        Ip ip() {
            return Ip.of(address.getAddress());
        }

        int port() {
            return address.getPort();
        }

        String name() {
            return names.isEmpty() ? null : names.getFirst();
        }

        boolean isHost() {
            return names.contains(HostName.LOCALHOST);
        }

        String host() {
            return names.isEmpty() ? ip().toString() : names.getFirst();
        }
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
        Decision decision = decide(flow, peer);
        long number;
        try {
            number = audit.attempt(attempt(flow, peer, decision));
        } catch (AuditException e) {
            return Verdict.refuse();
        }
        if (decision.allowed()) {
            return new Verdict.Relay(
                    peer.address, inspection(flow, peer, decision, number), observer(number));
        }
        return flow.protocol() == Protocol.TCP && peer.port() == HTTP
                ? new Verdict.Terminate(refusal(peer, decision), FlowObserver.NONE)
                : Verdict.refuse();
    }

    private boolean isDns(Flow flow) {
        Ip address = Ip.of(flow.destination().getAddress());
        return flow.destination().getPort() == DNS
                && flow.protocol() != Protocol.ICMP
                && who.isGateway(address.high(), address.low());
    }

    /** Whether a flow that stands would still be allowed. */
    boolean allows(Flow flow) {
        return isDns(flow) || decide(flow, peer(flow.destination())).allowed();
    }

    private Decision decide(Flow flow, Peer peer) {
        return NameCheck.connect(
                engine.get(), Transport.of(flow.protocol()), peer.names, peer.ip(), peer.port());
    }

    private Consumer<ChannelPipeline> inspection(
            Flow flow, Peer peer, Decision atConnect, long number) {
        if (flow.protocol() != Protocol.TCP) {
            return pipeline -> {};
        }
        return pipeline ->
                pipeline.addLast(
                        new FirstBytes(
                                sniffed -> judge(peer, atConnect, number, sniffed),
                                peer.host(),
                                peer.port()));
    }

    private Decision judge(Peer peer, Decision atConnect, long number, Sniffed sniffed) {
        // The host's own services are allowed by port: what they are called there says nothing.
        Decision decision =
                peer.isHost()
                        ? atConnect
                        : NameCheck.seen(
                                engine.get(),
                                atConnect,
                                peer.names,
                                peer.ip(),
                                peer.port(),
                                sniffed);
        switch (sniffed) {
            case Sniffed.Http http ->
                    audit.request(
                            number, http.method(), text(http.host()), http.path(), decision, null);
            case Sniffed.Tls tls ->
                    audit.request(number, "TLS", text(tls.server()), null, decision, null);
            default -> {
                if (!decision.allowed()) {
                    audit.request(number, null, null, null, decision, null);
                }
            }
        }
        return decision;
    }

    private static String text(Optional<Host> host) {
        return host.map(Host::toString).orElse(null);
    }

    // Whoever calls port 80 speaks HTTP, and gets to read why nothing comes of it.
    private static Consumer<ChannelPipeline> refusal(Peer peer, Decision decision) {
        return pipeline ->
                pipeline.addLast(new FirstBytes(sniffed -> decision, peer.host(), peer.port()));
    }

    private Peer peer(InetSocketAddress destination) {
        Ip address = Ip.of(destination.getAddress());
        if (who.isGateway(address.high(), address.low())) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            return new Peer(
                    List.of(HostName.LOCALHOST),
                    new InetSocketAddress(loopback, destination.getPort()));
        }
        return new Peer(names.of(address), destination);
    }

    private static Attempt attempt(Flow flow, Peer peer, Decision decision) {
        return new Attempt(
                Transport.of(flow.protocol()).text(),
                peer.name(),
                peer.ip(),
                peer.port(),
                decision,
                flow.protocol() == Protocol.TCP ? Via.TRANSPARENT : Via.NETWORK);
    }

    private FlowObserver observer(long number) {
        return end ->
                audit.end(
                        number,
                        end.bytesFromGuest(),
                        end.bytesToGuest(),
                        end.nanos(),
                        word(end.reason()));
    }

    private static String word(FlowEnd.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
