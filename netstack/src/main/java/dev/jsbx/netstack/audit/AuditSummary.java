package dev.jsbx.netstack.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attempts, and requests that were denied inside of allowed ones, counted by sandbox, host and what
 * decided them: {@code sbx}'s view of the log.
 */
public final class AuditSummary {
    /** Rows beyond which new ones are not begun; a guest can make up names without end. */
    private static final int MAX_ROWS = 100_000;

    /** What makes a row. */
    private record Key(String sandbox, String host, String via, String rule, boolean denied) {}

    /**
     * One row.
     *
     * @param sandbox who
     * @param type {@code network}, or {@code dns} for names that were looked up
     * @param host name or address, with the port if there is one
     * @param via which way, as in {@link Via}
     * @param rule what decided
     * @param reason why
     * @param first when first
     * @param last when last
     * @param count how often
     * @param denied whether it was denied
     */
    public record Row(
            String sandbox,
            String type,
            String host,
            String via,
            String rule,
            String reason,
            Instant first,
            Instant last,
            long count,
            boolean denied) {
        Row with(AuditEvent event) {
            return new Row(
                    sandbox,
                    type,
                    host,
                    via,
                    rule,
                    event.field("reason"),
                    first,
                    event.time().isAfter(last) ? event.time() : last,
                    count + 1,
                    denied);
        }
    }

    /** How many attempts are remembered for the requests in them. */
    private static final int MAX_OPEN = 1 << 16;

    private final Map<Key, Row> rows = new HashMap<>();
    private final Map<String, AuditEvent> attempts =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, AuditEvent> eldest) {
                    return size() > MAX_OPEN;
                }
            };
    private long left;

    /** Counts an event. */
    public void add(AuditEvent event) {
        boolean denied = event.field("decision").equals("deny");
        switch (event.kind()) {
            case "attempt" -> {
                if (!denied) {
                    attempts.put(event.id(), event);
                }
                count(event, denied);
            }
            case "request" -> {
                AuditEvent attempt = attempts.get(event.id());
                if (denied && attempt != null) { // else the attempt itself was
                    count(asAttempt(event, attempt), true);
                }
            }
            case "end" -> attempts.remove(event.id());
            default -> {
                // Counts nothing.
            }
        }
    }

    // To whom the request was, by the way of the attempt that it was made in.
    private static AuditEvent asAttempt(AuditEvent request, AuditEvent attempt) {
        Map<String, String> fields = new HashMap<>(attempt.fields());
        fields.putAll(request.fields());
        if (!request.field("host").isEmpty()) {
            fields.put("name", request.field("host"));
        }
        return new AuditEvent("attempt", request.id(), request.time(), fields);
    }

    private void count(AuditEvent event, boolean denied) {
        Key key =
                new Key(
                        event.field("sandbox"),
                        host(event),
                        event.field("via"),
                        event.field("rule"),
                        denied);
        Row row = rows.get(key);
        if (row == null && rows.size() >= MAX_ROWS) {
            left++;
            return;
        }
        rows.put(key, row == null ? first(key, event) : row.with(event));
    }

    private static Row first(Key key, AuditEvent event) {
        return new Row(
                key.sandbox,
                event.field("protocol").equals("dns") ? "dns" : "network",
                key.host,
                key.via,
                key.rule,
                event.field("reason"),
                event.time(),
                event.time(),
                1,
                key.denied);
    }

    /** Name or address of an attempt's other side, with its port if there is one. */
    public static String host(AuditEvent event) {
        String name = event.field("name");
        String host = name.isEmpty() ? event.field("address") : name;
        String port = event.field("port");
        if (port.isEmpty()) {
            return host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** The rows of one decision, the latest first. */
    public List<Row> rows(boolean denied) {
        List<Row> wanted = new ArrayList<>();
        rows.values().stream().filter(row -> row.denied == denied).forEach(wanted::add);
        wanted.sort(
                Comparator.comparing(Row::last)
                        .reversed()
                        .thenComparing(Row::sandbox)
                        .thenComparing(Row::host)
                        .thenComparing(Row::rule));
        return wanted;
    }

    /** Attempts that found no row. */
    public long left() {
        return left;
    }
}
