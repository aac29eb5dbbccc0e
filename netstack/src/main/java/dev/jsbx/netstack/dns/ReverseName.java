package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Ip;

/** Names that stand for addresses: {@code 7.2.0.192.in-addr.arpa} and {@code ip6.arpa}. */
final class ReverseName {
    private static final String V4 = ".in-addr.arpa";
    private static final String V6 = ".ip6.arpa";

    private ReverseName() {}

    static boolean isReverse(String name) {
        return name.endsWith(V4) || name.endsWith(V6);
    }

    /** The address; null if it is a part of one, or none. */
    static Ip parse(String name) {
        boolean ipv4 = name.endsWith(V4);
        String[] labels =
                name.substring(0, name.length() - (ipv4 ? V4 : V6).length()).split("\\.", -1);
        if (labels.length != (ipv4 ? 4 : 32)) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        for (int i = labels.length - 1; i >= 0; i--) {
            if (!ipv4 && labels[i].length() != 1) {
                return null;
            }
            text.append(labels[i]);
            boolean groupEnds = ipv4 || i % 4 == 0;
            if (i > 0 && groupEnds) {
                text.append(ipv4 ? '.' : ':');
            }
        }
        return Ip.parse(text.toString());
    }
}
