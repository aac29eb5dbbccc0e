package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Ip;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * A record of an answer.
 *
 * @param owner in lower case without trailing dot
 * @param type as in {@link DnsType}
 * @param ttl in seconds, 0 to 2^31 - 1
 * @param data on the wire, names in it uncompressed; shared, never changed
 */
public record DnsRecord(String owner, int type, int ttl, byte[] data) {
    public DnsRecord {
        Objects.requireNonNull(owner);
        Objects.requireNonNull(data);
    }

    /** The record of an address. */
    public static DnsRecord of(String owner, Ip address, int ttl) {
        byte[] data = address.toInetAddress().getAddress();
        return new DnsRecord(owner, data.length == 4 ? DnsType.A : DnsType.AAAA, ttl, data);
    }

    /** The address of an A or AAAA record; null for others and for wrong lengths. */
    public Ip address() {
        boolean right =
                type == DnsType.A && data.length == 4 || type == DnsType.AAAA && data.length == 16;
        if (!right) {
            return null;
        }
        try {
            return Ip.of(InetAddress.getByAddress(data));
        } catch (UnknownHostException e) {
            return null; // cannot be: the length was just checked
        }
    }

    DnsRecord with(int newTtl, byte[] newData) {
        return new DnsRecord(owner, type, newTtl, newData);
    }
}
