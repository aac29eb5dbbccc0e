package dev.jsbx.cli.proxy;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Whom a guest's connection is for.
 *
 * @param names by which the guest learned the address, in the form of {@link
 *     dev.jsbx.netstack.policy.HostName}, the latest first
 * @param address where to connect on the host's side
 * @param otherwise where to connect if that fails: a service of the host may listen on {@code ::1}
 *     only
 */
public record Destination(
        List<String> names, InetSocketAddress address, Optional<InetSocketAddress> otherwise) {
    public Destination {
        names = List.copyOf(names);
    }

    /** One that has a single address. */
    public Destination(List<String> names, InetSocketAddress address) {
        this(names, address, Optional.empty());
    }

    int port() {
        return address.getPort();
    }
}
