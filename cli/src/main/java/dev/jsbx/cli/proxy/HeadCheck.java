package dev.jsbx.cli.proxy;

import dev.jsbx.netstack.policy.Host;
import java.util.Optional;

/** What every request has to fulfil before it goes on. Pure. */
final class HeadCheck {
    private HeadCheck() {}

    /**
     * Refuses a request that is for somebody else than its connection, and methods that would reach
     * further than the request itself.
     *
     * @param host whom TLS named, and its certificate proved
     */
    static void check(RequestHead head, String host, int port) throws Refused {
        if (head.method.equalsIgnoreCase("CONNECT") || head.method.equalsIgnoreCase("TRACE")) {
            throw new Refused(
                    new Refusal(
                            405,
                            "jsbx: the request is refused: " + head.method + " is not passed on"));
        }
        String authority = head.authority;
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String name = hasPort ? authority.substring(0, colon) : authority;
        Optional<Host> named = Host.fromWire(name);
        boolean same =
                named.isPresent() && named.get() instanceof Host.Name n && n.text().equals(host);
        if (!same || hasPort && !authority.substring(colon + 1).equals(Integer.toString(port))) {
            throw new Refused(
                    new Refusal(
                            421,
                            "jsbx: the request is refused: it is for another host than its"
                                    + " connection, which is for "
                                    + host));
        }
    }

    /** Asks the server for an answer that can be looked through. */
    static void plainAnswer(RequestHead head) {
        if (head.has("accept-encoding")) {
            head.set("accept-encoding", "identity");
        }
        head.remove("grpc-accept-encoding");
        head.remove("sec-websocket-extensions");
    }
}
