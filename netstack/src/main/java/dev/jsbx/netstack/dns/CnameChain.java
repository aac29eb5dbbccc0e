package dev.jsbx.netstack.dns;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Follows aliases within an answer. The guest is told the records of the last name as if they were
 * the first one's: aliases are the affair of who owns the name, and rules are on names that guests
 * ask for.
 */
final class CnameChain {
    private static final int MAX_HOPS = 16;

    private CnameChain() {}

    /**
     * The records that belong to a question; records of names that the chain does not lead to are
     * left out, whatever they are there for. TTLs are the shortest of the chain.
     */
    static List<DnsRecord> flatten(String host, int type, List<DnsRecord> records) {
        String name = host;
        int ttl = Integer.MAX_VALUE;
        for (int hop = 0; type != DnsType.CNAME && hop < MAX_HOPS; hop++) {
            DnsRecord alias = find(name, records);
            if (alias == null) {
                break;
            }
            String target = DnsNames.read(Unpooled.wrappedBuffer(alias.data()));
            if (target == null) {
                return List.of();
            }
            name = target.toLowerCase(Locale.ROOT);
            ttl = Math.min(ttl, alias.ttl());
        }
        List<DnsRecord> flat = new ArrayList<>();
        for (DnsRecord record : records) {
            if (record.type() == type && record.owner().equals(name)) {
                flat.add(record.with(Math.min(ttl, record.ttl()), record.data()));
            }
        }
        return flat;
    }

    private static DnsRecord find(String name, List<DnsRecord> records) {
        for (DnsRecord record : records) {
            if (record.type() == DnsType.CNAME && record.owner().equals(name)) {
                return record;
            }
        }
        return null;
    }
}
