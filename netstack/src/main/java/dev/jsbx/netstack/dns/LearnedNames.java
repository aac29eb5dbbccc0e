package dev.jsbx.netstack.dns;

import dev.jsbx.netstack.policy.Ip;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which names a guest has learned for an address, so that its connections have them. A rule on a
 * name counts for an address only while it stands here. Names stay for their TTL and a grace
 * beyond, as programs keep addresses longer than they should. Bounded; any thread may ask.
 */
public final class LearnedNames {
    private static final int MAX_ADDRESSES = 8192;
    private static final int MAX_NAMES = 16;
    private static final long GRACE_NANOS = 300_000_000_000L;
    private static final int MAX_TTL = 86_400;

    private final LongSupplier nanos;

    // In the order of use, so that what goes first is what nobody needs.
    private final Map<Ip, LinkedHashMap<String, Long>> names = new LinkedHashMap<>(64, 0.75f, true);

    public LearnedNames() {
        this(System::nanoTime);
    }

    /**
     * @param nanos a clock that never goes back
     */
    LearnedNames(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Remembers an answer; the TTL is in seconds. */
    public synchronized void learn(String name, Ip address, int ttl) {
        LinkedHashMap<String, Long> known =
                names.computeIfAbsent(address, each -> new LinkedHashMap<>());
        long until = nanos.getAsLong() + Math.min(ttl, MAX_TTL) * 1_000_000_000L + GRACE_NANOS;
        known.remove(name);
        known.put(name, until);
        dropFirst(known, MAX_NAMES);
        dropFirst(names, MAX_ADDRESSES);
    }

    private static void dropFirst(Map<?, ?> map, int max) {
        if (map.size() > max) {
            Iterator<?> first = map.keySet().iterator();
            first.next();
            first.remove();
        }
    }

    /** The names of an address, the latest first; empty for an address that nobody looked up. */
    public synchronized List<String> of(Ip address) {
        LinkedHashMap<String, Long> known = names.get(address);
        if (known == null) {
            return List.of();
        }
        long now = nanos.getAsLong();
        known.values().removeIf(until -> until - now < 0);
        if (known.isEmpty()) {
            names.remove(address);
        }
        return new ArrayList<>(known.sequencedKeySet().reversed());
    }
}
