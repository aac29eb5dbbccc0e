package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Host;
import java.util.List;
import java.util.Optional;

/** What a guest's first bytes say about the connection. */
public sealed interface Sniffed {
    /** Too little to tell; ask again with more. */
    record More() implements Sniffed {}

    /** Neither TLS nor HTTP: nothing to check. */
    record Other() implements Sniffed {}

    /**
     * A TLS ClientHello.
     *
     * @param server whom it names; empty if nobody
     * @param protocols of ALPN, in the client's order
     * @param ech whether there is an encrypted ClientHello (or grease for one) inside, so that the
     *     true name may be another
     */
    record Tls(Optional<Host> server, List<String> protocols, boolean ech) implements Sniffed {}

    /**
     * The head of an HTTP/1 request.
     *
     * @param method as sent
     * @param path of the request target, or the whole target where it has none
     * @param host whom it names; empty if nobody (HTTP/1.0)
     * @param port that it names; 0 if none
     * @param length of the head in bytes, empty lines before and behind it included
     */
    record Http(String method, String path, Optional<Host> host, int port, int length)
            implements Sniffed {}

    /**
     * TLS or HTTP that no honest client sends, or that two readers could understand differently.
     *
     * @param why in words for the log
     */
    record Malformed(String why) implements Sniffed {}

    /** The one instance that is needed. */
    More MORE = new More();

    /** The one instance that is needed. */
    Other OTHER = new Other();
}
