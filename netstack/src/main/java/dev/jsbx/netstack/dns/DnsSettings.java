package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Ip;
import java.util.List;
import java.util.Map;

/**
 * What a responder answers by itself.
 *
 * @param names names of the host inside the guest, such as {@code host.jsbx.internal}, in lower
 *     case, with their addresses there
 * @param ipv6 whether the host reaches IPv6; if not, no AAAA record is handed out
 */
public record DnsSettings(Map<String, List<Ip>> names, boolean ipv6) {
    public DnsSettings {
        names = Map.copyOf(names);
    }

    /** The usual names of the host at one address of the gateway per IP version. */
    public static DnsSettings hostAt(List<Ip> gateway, boolean ipv6) {
        return new DnsSettings(
                Map.of(
                        "host.jsbx.internal", gateway,
                        "host.docker.internal", gateway,
                        "gateway.docker.internal", gateway),
                ipv6);
    }
}
