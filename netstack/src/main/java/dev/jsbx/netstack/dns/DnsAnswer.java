package dev.jsbx.netstack.dns;

import java.util.List;

/**
 * What a resolver knows.
 *
 * @param code {@link DnsType#NOERROR}, {@link DnsType#NXDOMAIN} or another
 * @param records the answer section, CNAMEs included
 * @param negativeTtl seconds for which the absence of records may be remembered (RFC 2308 §5)
 */
public record DnsAnswer(int code, List<DnsRecord> records, int negativeTtl) {
    public DnsAnswer {
        records = List.copyOf(records);
    }

    /** An answer without records. */
    public static DnsAnswer none(int code) {
        return new DnsAnswer(code, List.of(), 0);
    }
}
