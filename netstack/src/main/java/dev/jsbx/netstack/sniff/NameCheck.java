package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Host;
import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import dev.jsbx.netstack.policy.PolicyEngine;
import dev.jsbx.netstack.policy.Transport;
import java.util.List;
import java.util.Optional;

/**
 * Checks the names that a connection shows against policy and against each other. Pure functions.
 * Every name has to be allowed: the one by which the address was learned, the one in TLS, the one
 * in HTTP; a forged one therefore never opens anything.
 */
public final class NameCheck {
    private NameCheck() {}

    /**
     * Decides a connection as it begins, by the names that the guest has learned for its address:
     * allowed if any of them allows it, as an address may be shared and what follows tells which.
     *
     * @param names in the form of {@link HostName}, the latest first
     */
    public static Decision connect(
            PolicyEngine engine, Transport transport, List<String> names, Ip address, int port) {
        Decision first = null;
        for (String name : names) {
            Decision decision = engine.decide(transport, name, address, port);
            if (decision.allowed()) {
                return decision;
            }
            first = first == null ? decision : first;
        }
        return first == null ? engine.decide(transport, null, address, port) : first;
    }

    /**
     * Decides anew when the guest's first bytes are known.
     *
     * @param atConnect what {@link #connect} said; must have been allowed
     * @param names as in {@link #connect}
     */
    public static Decision seen(
            PolicyEngine engine,
            Decision atConnect,
            List<String> names,
            Ip address,
            int port,
            Sniffed sniffed) {
        return switch (sniffed) {
            case Sniffed.More ignored -> atConnect;
            case Sniffed.Other ignored -> atConnect;
            case Sniffed.Malformed malformed -> denied("malformed", malformed.why());
            case Sniffed.Tls tls ->
                    tls.server().isPresent()
                            ? claimed(engine, atConnect, tls.server().get(), address, port)
                            : unnamed(engine, atConnect, names, address, port, "TLS");
            case Sniffed.Http http ->
                    http.host().isPresent()
                            ? claimed(engine, atConnect, http.host().get(), address, port)
                            : unnamed(engine, atConnect, names, address, port, "HTTP");
        };
    }

    private static Decision claimed(
            PolicyEngine engine, Decision atConnect, Host host, Ip address, int port) {
        return switch (host) {
            case Host.Name name -> {
                Decision decision = engine.decide(Transport.TCP, name.text(), address, port);
                yield decision.allowed() ? atConnect : decision;
            }
            case Host.Address literal ->
                    literal.ip().equals(address)
                            ? atConnect
                            : denied(
                                    "names",
                                    "it names " + literal.ip() + " and goes to " + address);
        };
    }

    // On a shared address nobody could say whom it is for, unless the address itself is allowed.
    private static Decision unnamed(
            PolicyEngine engine,
            Decision atConnect,
            List<String> names,
            Ip address,
            int port,
            String what) {
        Decision alone = engine.decide(Transport.TCP, null, address, port);
        return alone.allowed() || names.isEmpty()
                ? alone.allowed() ? atConnect : alone
                : denied("names", what + " that names no host, to an address allowed by name only");
    }

    /**
     * Checks a request inside TLS that a proxy ends: its host must be the server that TLS named.
     *
     * @return a denial, or empty if they agree
     */
    public static Optional<Decision> fronting(Host server, Host host) {
        return server.equals(host)
                ? Optional.empty()
                : Optional.of(
                        denied("names", "the request is for " + host + ", TLS for " + server));
    }

    private static Decision denied(String rule, String why) {
        return new Decision(false, Decision.Kind.NAMES, rule, why);
    }
}
