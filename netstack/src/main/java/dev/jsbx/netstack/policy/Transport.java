package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.Protocol;
import java.util.Locale;

/** What a rule tells apart above IP. */
public enum Transport {
    TCP,
    UDP,
    /** Echo requests of either IP version. */
    ICMP;

    private static final Transport[] VALUES = values();

    static final int COUNT = VALUES.length;

    static Transport at(int ordinal) {
        return VALUES[ordinal];
    }

    /** The transport of a flow. */
    public static Transport of(Protocol protocol) {
        return switch (protocol) {
            case TCP -> TCP;
            case UDP -> UDP;
            case ICMP, ICMPV6 -> ICMP;
        };
    }

    /** {@code tcp}, {@code udp} or {@code icmp}. */
    public String text() {
        return switch (this) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMP -> "icmp";
        };
    }

    /**
     * Reads a user's spelling.
     *
     * @throws PolicySyntaxException naming the accepted ones
     */
    public static Transport parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "tcp" -> TCP;
            case "udp" -> UDP;
            case "icmp" -> ICMP;
            default ->
                    throw new PolicySyntaxException(
                            "unknown protocol \"" + text + "\": use tcp, udp or icmp");
        };
    }
}
