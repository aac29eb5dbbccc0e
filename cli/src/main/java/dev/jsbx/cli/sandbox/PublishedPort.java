package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.policy.Ip;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A port of the host behind which a sandbox answers.
 *
 * @param hostIp where the host listens
 * @param hostPort 1 to 65535, or 0 for one that is free each time the sandbox starts
 * @param guestPort 1 to 65535
 * @param protocol TCP or UDP
 */
public record PublishedPort(InetAddress hostIp, int hostPort, int guestPort, Protocol protocol) {

    /**
     * Reads several, as users write them.
     *
     * @throws Failure with code 2 if one is none, or two are for the same port of the host
     */
    public static List<PublishedPort> parse(String... specs) {
        List<PublishedPort> ports = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (String spec : specs) {
            PublishedPort port = PortSpec.parse(spec).toPublish();
            if (port.hostPort != 0 && !taken.add(port.hostText())) {
                throw Failure.usage(
                        "the port " + port.hostText() + " is named twice: leave one out");
            }
            ports.add(port);
        }
        return ports;
    }

    /** The same at the port that was found free. */
    public PublishedPort at(int port) {
        return new PublishedPort(hostIp, port, guestPort, protocol);
    }

    /** Where to listen. */
    public InetSocketAddress listen() {
        return new InetSocketAddress(hostIp, hostPort);
    }

    /** {@code tcp} or {@code udp}. */
    public String protocolText() {
        return protocol.name().toLowerCase(Locale.ROOT);
    }

    /** Such as {@code 127.0.0.1:8080/tcp}: what there can be only one of. */
    public String hostText() {
        return host() + "/" + protocolText();
    }

    /** The host's address, without brackets. */
    public String hostIpText() {
        return Ip.of(hostIp).toString();
    }

    private String host() {
        String ip = hostIpText();
        return (hostIp instanceof Inet6Address ? "[" + ip + "]" : ip)
                + ":"
                + (hostPort == 0 ? "" : hostPort);
    }

    /** Such as {@code 127.0.0.1:8080 -> 3000/tcp}; without a port of the host if any will do. */
    public String text() {
        return host() + " -> " + guestPort + "/" + protocolText();
    }

    /** As {@link PortSpec#parse} takes it. */
    public String spec() {
        return host() + ":" + guestPort + "/" + protocolText();
    }
}
