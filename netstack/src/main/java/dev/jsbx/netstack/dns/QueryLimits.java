package dev.jsbx.netstack.dns;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bounds what a guest can say to the owner of a zone by asking for names in it. Only questions that
 * leave the host count: per zone (the last two labels) their number and their bytes within a
 * window, and their rate over all. Confined to the responder's thread.
 */
final class QueryLimits {
    private static final int MAX_ZONES = 1024;
    private static final long WINDOW_NANOS = 600_000_000_000L;
    private static final int ZONE_QUERIES = 1000;
    private static final int ZONE_BYTES = 24 * 1024;
    private static final double PER_SECOND = 100;
    private static final double BURST = 500;

    /** What was asked in a zone within its window. */
    private static final class Zone {
        long since;
        int queries;
        int bytes;
    }

    private final LongSupplier nanos;
    private final Map<String, Zone> zones = new LinkedHashMap<>(64, 0.75f, true);
    private double tokens = BURST;
    private long filledAt;

    QueryLimits(LongSupplier nanos) {
        this.nanos = nanos;
        this.filledAt = nanos.getAsLong();
    }

    /** Whether a question may leave; counts it if so. */
    boolean admit(String name) {
        long now = nanos.getAsLong();
        tokens = Math.min(BURST, tokens + (now - filledAt) / 1e9 * PER_SECOND);
        filledAt = now;
        Zone zone = zone(name, now);
        int bytes = Math.max(0, name.length() - zoneOf(name).length());
        if (tokens < 1 || zone.queries >= ZONE_QUERIES || zone.bytes + bytes > ZONE_BYTES) {
            return false;
        }
        tokens--;
        zone.queries++;
        zone.bytes += bytes;
        return true;
    }

    private Zone zone(String name, long now) {
        Zone zone = zones.computeIfAbsent(zoneOf(name), each -> new Zone());
        if (zone.queries == 0 || now - zone.since > WINDOW_NANOS) {
            zone.since = now;
            zone.queries = 0;
            zone.bytes = 0;
        }
        if (zones.size() > MAX_ZONES) {
            Iterator<Zone> first = zones.values().iterator();
            first.next();
            first.remove();
        }
        return zone;
    }

    private static String zoneOf(String name) {
        int dot = name.lastIndexOf('.');
        int before = dot < 0 ? -1 : name.lastIndexOf('.', dot - 1);
        return name.substring(before + 1);
    }
}
