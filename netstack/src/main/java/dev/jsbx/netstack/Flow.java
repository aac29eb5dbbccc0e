package dev.jsbx.netstack;

import java.net.InetSocketAddress;

/**
 * One attempt to communicate, as its first packet shows it.
 *
 * @param id unique within its stack, rising from 1
 * @param protocol what it speaks
 * @param direction who began it
 * @param source who sent the first packet; an IPv4-mapped IPv6 address appears as IPv4
 * @param destination whom it was for, before any translation; the port is never 0 with TCP and UDP
 */
public record Flow(
        long id,
        Protocol protocol,
        Direction direction,
        InetSocketAddress source,
        InetSocketAddress destination) {

    /** Which side sent the first packet. */
    public enum Direction {
        /** The guest calls out. */
        FROM_GUEST,
        /** Somebody on the host calls a published port of the guest. */
        TO_GUEST
    }

    @Override
    public String toString() {
        return protocol + " " + text(source) + " > " + text(destination);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
