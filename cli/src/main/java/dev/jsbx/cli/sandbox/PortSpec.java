package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.policy.Ip;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What users write for a published port: {@code [[IP:]HOST:]GUEST[/tcp|udp]}. To publish, what is
 * left out has a default; to take back, it stands for anything.
 *
 * @param text as it was written
 * @param hostIp if it was written
 * @param hostPort 0 if it was not written
 * @param guestPort 1 to 65535
 * @param protocol if it was written
 * @param ipv6 whether {@code tcp6} or {@code udp6} was written
 */
public record PortSpec(
        String text,
        Optional<InetAddress> hostIp,
        int hostPort,
        int guestPort,
        Optional<Protocol> protocol,
        boolean ipv6) {

    private static final Pattern SYNTAX =
            Pattern.compile(
                    "(?:(?:(?<ip>\\[[0-9a-fA-F:.]+]|[0-9.]+):)?(?<host>[0-9]{0,5}):)?"
                            + "(?<guest>[0-9]{1,5})(?:/(?<protocol>tcp|udp)(?<family>[46]?))?");
    private static final byte[] IPV4_LOOPBACK = {127, 0, 0, 1};
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    /**
     * Reads one.
     *
     * @throws Failure with code 2, naming the accepted form
     */
    public static PortSpec parse(String text) {
        Matcher m = SYNTAX.matcher(text);
        if (!m.matches() || m.group("ip") == null && "".equals(m.group("host"))) {
            throw bad(text, "is none");
        }
        Optional<InetAddress> ip = Optional.ofNullable(m.group("ip")).map(word -> ip(text, word));
        String family = m.group("family") == null ? "" : m.group("family");
        boolean contradicts =
                ip.isPresent()
                        && !family.isEmpty()
                        && family.equals("6") != ip.get() instanceof Inet6Address;
        if (contradicts) {
            throw bad(text, "has an address of the other IP version");
        }
        return new PortSpec(
                text,
                ip,
                port(text, m.group("host"), 0),
                port(text, m.group("guest"), 1),
                Optional.ofNullable(m.group("protocol"))
                        .map(word -> word.equals("tcp") ? Protocol.TCP : Protocol.UDP),
                family.equals("6"));
    }

    private static InetAddress ip(String text, String word) {
        boolean six = word.startsWith("[");
        Ip ip = Ip.parse(six ? word.substring(1, word.length() - 1) : word);
        if (ip == null || ip.isIpv4() == six) {
            throw bad(text, "has no IP address before its ports");
        }
        return ip.toInetAddress();
    }

    private static int port(String text, String digits, int least) {
        int port = digits == null || digits.isEmpty() ? 0 : Integer.parseInt(digits);
        boolean written = digits != null && !digits.isEmpty();
        if (port > 65535 || port < 1 && (written || least > 0)) {
            throw bad(text, "is out of range");
        }
        return port;
    }

    private static Failure bad(String text, String what) {
        return Failure.usage(
                "the port "
                        + text
                        + " "
                        + what
                        + ": write [[IP:]HOST:]GUEST[/tcp|udp] with ports from 1 to 65535, such as"
                        + " 8080:3000");
    }

    /** What is to be published: on the host's loopback by TCP unless it says otherwise. */
    public PublishedPort toPublish() {
        return new PublishedPort(
                hostIp.orElseGet(this::loopback),
                hostPort,
                guestPort,
                protocol.orElse(Protocol.TCP));
    }

    private InetAddress loopback() {
        try {
            return InetAddress.getByAddress(ipv6 ? IPV6_LOOPBACK : IPV4_LOOPBACK);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // of an array's length only
        }
    }

    /** Whether this names that port. */
    public boolean matches(PublishedPort port) {
        return port.guestPort() == guestPort
                && (hostPort == 0 || hostPort == port.hostPort())
                && (hostIp.isEmpty() || hostIp.get().equals(port.hostIp()))
                && (protocol.isEmpty() || protocol.get() == port.protocol())
                && (!ipv6 || port.hostIp() instanceof Inet6Address);
    }
}
