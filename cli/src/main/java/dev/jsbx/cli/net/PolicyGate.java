package dev.jsbx.cli.net;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.audit.Attempt;
import dev.jsbx.netstack.audit.AuditException;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.audit.Via;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Decides the flows of one guest by its policy and writes each down before it may begin. What
 * cannot be written down is refused. Called on the stack's event loop.
 */
final class PolicyGate implements FlowPolicy {
    private final Supplier<PolicyEngine> engine;
    private final AuditLog audit;
    private final Addressing who;
    private final Function<Ip, String> names;

    /**
     * @param engine of the moment
     * @param names the name by which the guest learned of an address, or null
     */
    PolicyGate(
            Supplier<PolicyEngine> engine,
            AuditLog audit,
            Addressing who,
            Function<Ip, String> names) {
        this.engine = engine;
        this.audit = audit;
        this.who = who;
        this.names = names;
    }

    /** Whom a flow is really for: the gateway's address stands for the host's loopback. */
    private record Peer(String name, InetSocketAddress address) {}

    @Override
    public Verdict decide(Flow flow) {
        Peer peer = peer(flow.destination());
        Decision decision = decide(flow, peer);
        long number;
        try {
            number = audit.attempt(attempt(flow, peer, decision));
        } catch (AuditException e) {
            return Verdict.refuse();
        }
        return decision.allowed()
                ? new Verdict.Relay(peer.address, pipeline -> {}, observer(number))
                : Verdict.refuse();
    }

    /** Whether a flow that stands would still be allowed. */
    boolean allows(Flow flow) {
        return decide(flow, peer(flow.destination())).allowed();
    }

    private Decision decide(Flow flow, Peer peer) {
        Ip address = Ip.of(peer.address.getAddress());
        Transport transport = Transport.of(flow.protocol());
        return engine.get().decide(transport, peer.name, address, peer.address.getPort());
    }

    private Peer peer(InetSocketAddress destination) {
        Ip address = Ip.of(destination.getAddress());
        if (who.isGateway(address.high(), address.low())) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            return new Peer(
                    HostName.LOCALHOST, new InetSocketAddress(loopback, destination.getPort()));
        }
        return new Peer(names.apply(address), destination);
    }

    private static Attempt attempt(Flow flow, Peer peer, Decision decision) {
        return new Attempt(
                Transport.of(flow.protocol()).text(),
                peer.name,
                Ip.of(peer.address.getAddress()),
                peer.address.getPort(),
                decision,
                Via.NETWORK);
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
