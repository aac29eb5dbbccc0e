package dev.jsbx.netstack.sniff;

import dev.jsbx.netstack.policy.Host;
import java.util.List;
import java.util.Optional;

/** What a guest's bytes say about the connection. */
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
     * @param forwarded whether it asks the other side to pass it on: CONNECT, or a whole URL as
     *     target; host and port then are who it is for in the end
     * @param body bytes of the body behind the head, or {@link HttpBody#CHUNKED}
     * @param upgrade the protocols that it offers to go on with; empty if none
     * @param start where the head begins: what stands before it is blank
     * @param end behind the head
     */
    record Http(
            String method,
            String path,
            Optional<Host> host,
            int port,
            boolean forwarded,
            long body,
            Optional<String> upgrade,
            int start,
            int end)
            implements Sniffed {
        /** Whether it asks for a tunnel. */
        public boolean isConnect() {
            return method.equals("CONNECT");
        }

        /** The same request, offering no other protocol. */
        public Http withoutUpgrade() {
            return new Http(
                    method, path, host, port, forwarded, body, Optional.empty(), start, end);
        }
    }

    /**
     * TLS or HTTP that no honest client sends, or that two readers could understand differently.
     *
     * @param why in words for the log
     * @param http whether it is HTTP, so that a page can say why
     */
    record Malformed(String why, boolean http) implements Sniffed {}

    /** The one instance that is needed. */
    More MORE = new More();

    /** The one instance that is needed. */
    Other OTHER = new Other();
}
