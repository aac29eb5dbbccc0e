package dev.jsbx.netstack.policy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Addresses by which this host and its neighbours can be reached although they look public: the
 * host's own, and the IPv6 networks it is on.
 *
 * @param blocks in no particular order
 */
public record HostAddresses(List<SpecialBlock> blocks) {
    /** A host that is on no network, for tests. */
    public static final HostAddresses NONE = new HostAddresses(List.of());

    public HostAddresses {
        blocks = List.copyOf(blocks);
    }

    /**
     * The addresses of this moment; takes about a millisecond.
     *
     * @throws SocketException if the kernel does not tell, and then nothing may be allowed
     */
    public static HostAddresses current() throws SocketException {
        List<SpecialBlock> blocks = new ArrayList<>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            each.getInterfaceAddresses().stream()
                    .filter(Objects::nonNull)
                    .forEach(address -> add(blocks, each.getName(), address));
        }
        return new HostAddresses(blocks);
    }

    /**
     * Whether this host has an IPv6 address that others than its neighbours may know, without which
     * IPv6 addresses would only make its guests wait.
     */
    public static boolean reachesIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(HostAddresses::isGlobalIpv6);
        } catch (SocketException e) {
            return false;
        }
    }

    // All that is handed out of 2000::/3 (RFC 4291 §2.4).
    private static boolean isGlobalIpv6(InetAddress address) {
        return address instanceof Inet6Address && (address.getAddress()[0] & 0xe0) == 0x20;
    }

    private static void add(List<SpecialBlock> blocks, String name, InterfaceAddress address) {
        InetAddress ip = address.getAddress();
        if (ip.isLoopbackAddress() || ip.isLinkLocalAddress()) {
            return;
        }
        blocks.add(new SpecialBlock(Cidr.of(Ip.of(ip)), "this host's own address on " + name));
        int length = address.getNetworkPrefixLength();
        Ip own = Ip.of(ip);
        // Neighbours of an IPv4 host have private addresses or are the internet; with IPv6 the
        // local network has global addresses, and /64 is its size (RFC 4291 §2.5.4).
        if (!own.isIpv4() && length >= 64 && length < 128) {
            blocks.add(
                    new SpecialBlock(
                            Cidr.around(own, length), "the network that this host is on, " + name));
        }
    }
}
