package dev.jsbx.cli.net;

import dev.jsbx.netstack.policy.HostName;
import dev.jsbx.netstack.policy.Ip;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Whom a flow is really for: the gateway's address stands for the host's loopback.
 *
 * @param names the latest first; empty if nobody asked for the address
 */
record Peer(List<String> names, InetSocketAddress address) {
    /** The host itself, whose services the guest reaches at the gateway. */
    static Peer host(InetSocketAddress loopback) {
        return new Peer(List.of(HostName.LOCALHOST), loopback);
    }

    Ip ip() {
        return Ip.of(address.getAddress());
    }

    int port() {
        return address.getPort();
    }

    boolean isHost() {
        return names.contains(HostName.LOCALHOST);
    }

    /** Its name, or its address if it has none. */
    String host() {
        return names.isEmpty() ? ip().toString() : names.getFirst();
    }
}
