package dev.jsbx.cli.net;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.policy.PolicyPlaces;
import dev.jsbx.cli.proxy.SecretProxy;
import dev.jsbx.cli.secret.command.SecretPlaces;
import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.NetStack;
import dev.jsbx.netstack.audit.Attempt;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.audit.AuditOptions;
import dev.jsbx.netstack.audit.Via;
import dev.jsbx.netstack.dns.DnsResponder;
import dev.jsbx.netstack.dns.DnsSettings;
import dev.jsbx.netstack.dns.HostResolver;
import dev.jsbx.netstack.dns.LearnedNames;
import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.host.PublishedPorts;
import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.HostAddresses;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.PolicyWatch;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.time.Clock;
import dev.jsbx.netstack.tls.LeafCache;
import dev.jsbx.virtio.net.NetBackend;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The network of one sandbox: its stack, policy and audit log on one event loop. Made and closed by
 * any thread.
 */
final class GuestNetwork implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;
    private final GuestLink link;
    private final AuditLog audit;
    private final PolicyWatch watch;
    private final HostResolver resolver;
    private final PolicyGate gate;
    private final NetStack stack;

    private GuestNetwork(NetworkSpec spec, Addressing who) throws IOException {
        watch =
                PolicyWatch.open(
                        spec.policy(), Optional.of(spec.name()), spec.mode(), spec.grant());
        audit =
                AuditLog.open(
                        AuditOptions.in(PolicyPlaces.audit()),
                        spec.name(),
                        () -> watch.get().allowsUnlogged());
        group = EventLoops.epoll(1);
        loop = group.next();
        resolver = new HostResolver(loop);
        LearnedNames names = new LearnedNames();
        DnsResponder dns =
                new DnsResponder(
                        watch,
                        resolver,
                        names,
                        DnsSettings.hostAt(gateway(who), HostAddresses.reachesIpv6()),
                        this::asked);
        SecretProxy proxy =
                new SecretProxy(spec.secrets(), () -> new LeafCache(SecretPlaces.certificates()));
        gate = new PolicyGate(watch, audit, who, names, dns, proxy);
        link = new GuestLink(loop, spec.mtu());
        stack =
                new NetStack(
                        link,
                        who,
                        TcpConfig.DEFAULT,
                        spec.name(),
                        new CallerPolicy(gate, audit),
                        loop,
                        Clock.system());
    }

    /**
     * Starts a guest's network.
     *
     * @throws Failure if policy or audit log cannot be opened: then there is no network
     */
    static GuestNetwork start(NetworkSpec spec, Addressing who) {
        try {
            GuestNetwork network = new GuestNetwork(spec, who);
            network.stack.start();
            network.watch.follow(network::policyChanged);
            return network;
        } catch (IOException e) {
            throw Failure.own("the network of " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    private static List<Ip> gateway(Addressing who) {
        return List.of(Ip.of(who.gatewayInetAddress()));
    }

    private void asked(String name, int type, Decision decision) {
        audit.attempt(new Attempt("dns", name, null, 0, decision, Via.DNS));
    }

    // Connections that are no longer allowed end now.
    private void policyChanged(PolicyEngine engine) {
        loop.execute(
                () ->
                        stack.cut(
                                flow ->
                                        flow.direction() == Flow.Direction.FROM_GUEST
                                                && !gate.allows(flow)));
    }

    /** Ports of the host behind which the guest is. */
    PublishedPorts ports() {
        return stack.ports();
    }

    /** Where the guest's network card is joined. */
    NetBackend backend() {
        return link;
    }

    @Override
    public void close() {
        watch.close();
        stack.close();
        resolver.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        audit.close();
    }
}
