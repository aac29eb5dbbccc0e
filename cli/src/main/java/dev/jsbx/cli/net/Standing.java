package dev.jsbx.cli.net;

import dev.jsbx.cli.proxy.FlowJudge;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Transport;
import dev.jsbx.netstack.sniff.NameCheck;
import dev.jsbx.netstack.sniff.Sniffed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A flow that was allowed, with all by which it was: the names that its address had then, and what
 * has been seen in it. A rule that changes is held against these. Confined to the event loop.
 */
final class Standing implements Judge, FlowJudge, FlowObserver {
    /** More requests under way than a conversation lets through. */
    private static final int MAX_SEEN = 128;

    private final Supplier<PolicyEngine> engine;
    private final AuditLog audit;
    private final Transport transport;
    private final Peer peer;
    private final long number;
    private final Runnable over;
    private final Deque<Sniffed> seen = new ArrayDeque<>();

    /**
     * @param number of the attempt in the audit log
     * @param over called at the flow's end
     */
    Standing(
            Supplier<PolicyEngine> engine,
            AuditLog audit,
            Transport transport,
            Peer peer,
            long number,
            Runnable over) {
        this.engine = engine;
        this.audit = audit;
        this.transport = transport;
        this.peer = peer;
        this.number = number;
        this.over = over;
    }

    private Decision connect() {
        return NameCheck.connect(engine.get(), transport, peer.names(), peer.ip(), peer.port())
                .decision();
    }

    private Decision check(Sniffed sniffed) {
        Decision atConnect = connect();
        // The host's own services are allowed by port: what they are called there says nothing.
        return !atConnect.allowed() || peer.isHost()
                ? atConnect
                : NameCheck.seen(
                        engine.get(), atConnect, peer.names(), peer.ip(), peer.port(), sniffed);
    }

    @Override
    public Decision judge(Sniffed sniffed) {
        Decision decision = check(sniffed);
        log(audit, number, sniffed, decision);
        if (decision.allowed()) {
            seen.addLast(sniffed);
        }
        if (seen.size() > MAX_SEEN) {
            seen.removeFirst();
        }
        return decision;
    }

    @Override
    public Decision first(Sniffed sniffed) {
        return judge(sniffed);
    }

    // Whom it is for was decided by the connection's first bytes, and the rules may have changed.
    @Override
    public Decision request(String method, String host, String path, String secret) {
        Decision decision =
                seen.stream()
                        .map(this::check)
                        .filter(each -> !each.allowed())
                        .findFirst()
                        .orElseGet(this::connect);
        audit.request(number, method, host, path, decision, secret);
        return decision;
    }

    @Override
    public void refused(String method, String host, String path, String reason) {
        Decision decision = new Decision(false, Decision.Kind.SECRET, "secrets", reason);
        audit.request(number, method, host, path, decision, null);
    }

    /** Writes down what is seen in a flow. */
    static void log(AuditLog audit, long number, Sniffed sniffed, Decision decision) {
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
    }

    private static String text(Optional<Host> host) {
        return host.map(Host::toString).orElse(null);
    }

    // The last request stands for a connection that is idle.
    @Override
    public void answered() {
        if (seen.size() > 1) {
            seen.removeFirst();
        }
    }

    /** Whether it would still be allowed. */
    boolean isAllowed() {
        return connect().allowed() && seen.stream().allMatch(each -> check(each).allowed());
    }

    @Override
    public void closed(FlowEnd end) {
        over.run();
        end(audit, number, end);
    }

    /** Writes down how a flow ended. */
    static void end(AuditLog audit, long number, FlowEnd end) {
        end(audit, number, end, end.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** The same in other words. */
    static void end(AuditLog audit, long number, FlowEnd end, String word) {
        audit.end(number, end.bytesFromGuest(), end.bytesToGuest(), end.nanos(), word);
    }
}
