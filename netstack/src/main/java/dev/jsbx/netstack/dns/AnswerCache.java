package dev.jsbx.netstack.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Answers of the resolver as they came, for as long as their TTLs say; policy is asked anew each
 * time one is used. Bounded by number and by bytes each. Confined to the responder's thread.
 */
final class AnswerCache {
    private static final int MAX_ANSWERS = 2048;
    private static final int MAX_RECORDS = 64;
    private static final int MAX_TTL = 86_400;
    private static final int MAX_NEGATIVE_TTL = 300;

    /** A question. */
    private record Key(String name, int type) {}

    /** An answer and when it came. */
    private record Kept(DnsAnswer answer, long at, long until) {}

    private final LongSupplier nanos;
    private final Map<Key, Kept> entries =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
                    return size() > MAX_ANSWERS;
                }
            };

    AnswerCache(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The answer with its TTLs counted down, or null. */
    DnsAnswer get(String name, int type) {
        Key key = new Key(name, type);
        Kept entry = entries.get(key);
        long now = nanos.getAsLong();
        if (entry == null) {
            return null;
        }
        if (entry.until - now <= 0) {
            entries.remove(key);
            return null;
        }
        int age = (int) ((now - entry.at) / 1_000_000_000L);
        return new DnsAnswer(
                entry.answer.code(),
                entry.answer.records().stream()
                        .map(record -> record.with(Math.max(0, record.ttl() - age), record.data()))
                        .toList(),
                entry.answer.negativeTtl());
    }

    void put(String name, int type, DnsAnswer answer) {
        boolean kept = answer.code() == DnsType.NOERROR || answer.code() == DnsType.NXDOMAIN;
        if (!kept || answer.records().size() > MAX_RECORDS) {
            return;
        }
        int ttl =
                answer.records().stream()
                        .mapToInt(DnsRecord::ttl)
                        .min()
                        .orElse(Math.min(answer.negativeTtl(), MAX_NEGATIVE_TTL));
        if (ttl > 0) {
            long now = nanos.getAsLong();
            long until = now + Math.min(ttl, MAX_TTL) * 1_000_000_000L;
            entries.put(new Key(name, type), new Kept(answer, now, until));
        }
    }
}
