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
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private NameCheck() {}

    /**
     * What was decided as a connection began.
     *
     * @param name the one that decided; null if the address did
     */
    public record Connected(Decision decision, String name) {}

    /**
     * Decides a connection as it begins, by the names that the guest has learned for its address:
     * allowed if any of them allows it, as an address may be shared and what follows tells which.
     *
     * @param names in the form of {@link HostName}, the latest first
     */
    public static Connected connect(
            PolicyEngine engine, Transport transport, List<String> names, Ip address, int port) {
        Connected first = null;
        for (String name : names) {
            Decision decision = engine.decide(transport, name, address, port);
            if (first == null || decision.allowed()) {
                first = new Connected(decision, name);
            }
            if (decision.allowed()) {
                break;
            }
        }
        return first == null
                ? new Connected(engine.decide(transport, null, address, port), null)
                : first;
    }

    /**
     * Decides anew when bytes of the guest are known.
     *
     * @param atConnect what {@link #connect} said; must have been allowed
     * @param names as in {@link #connect}
     * @return what decided about the name that was seen, or {@code atConnect} if none was
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
                            ? requested(engine, atConnect, http, address, port)
                            : unnamed(engine, atConnect, names, address, port, "HTTP");
        };
    }

    // What is to be passed on has to be allowed where it is for, too; its address is not known.
    private static Decision requested(
            PolicyEngine engine, Decision atConnect, Sniffed.Http http, Ip address, int port) {
        Host host = http.host().orElseThrow();
        int usual = http.isConnect() ? HTTPS : HTTP;
        int last = http.port() == 0 ? usual : http.port();
        if (!http.forwarded() || last == port && host instanceof Host.Name) {
            return claimed(engine, atConnect, host, address, port);
        }
        return switch (host) {
            case Host.Name name -> {
                Decision decision = engine.decideName(Transport.TCP, name.text(), last);
                yield decision.allowed()
                        ? claimed(engine, atConnect, host, address, port)
                        : decision;
            }
            case Host.Address literal -> engine.decide(Transport.TCP, null, literal.ip(), last);
        };
    }

    private static Decision claimed(
            PolicyEngine engine, Decision atConnect, Host host, Ip address, int port) {
        return switch (host) {
            case Host.Name name -> engine.decide(Transport.TCP, name.text(), address, port);
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
