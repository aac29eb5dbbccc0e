package dev.jsbx.cli.proxy;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Whom a guest's connection is for.
 *
 * @param names by which the guest learned the address, in the form of {@link
 *     dev.jsbx.netstack.policy.HostName}, the latest first
 * @param address where to connect on the host's side
 */
public record Destination(List<String> names, InetSocketAddress address) {
    public Destination {
        names = List.copyOf(names);
    }

    int port() {
        return address.getPort();
    }
}
