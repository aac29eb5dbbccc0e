package dev.jsbx.cli.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.Failure;
import dev.jsbx.cli.terminal.Columns;
import dev.jsbx.netstack.audit.AuditEvent;
import dev.jsbx.netstack.audit.AuditFilter;
import dev.jsbx.netstack.audit.AuditFollower;
import dev.jsbx.netstack.audit.AuditLog;
import dev.jsbx.netstack.audit.AuditReader;
import dev.jsbx.netstack.audit.AuditRecord;
import dev.jsbx.netstack.audit.AuditSummary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** {@code policy log}: the audit log as tables, as JSON Lines, or as it grows. */
public final class LogView {
    private static final DateTimeFormatter LAST_SEEN =
            DateTimeFormatter.ofPattern("HH:mm:ss dd-MMM", Locale.ENGLISH);
    private static final long POLL_MILLIS = 200;

    private final Path directory;
    private final AuditFilter filter;
    private final long limit;
    private final ZoneId zone;
    private final PrintStream out;

    /**
     * @param limit rows of each table, or records, the latest ones; 0 for all
     */
    public LogView(Path directory, AuditFilter filter, long limit, ZoneId zone, PrintStream out) {
        this.directory = directory;
        this.filter = filter;
        this.limit = limit == 0 ? Long.MAX_VALUE : limit;
        this.zone = zone;
        this.out = out;
    }

    /**
     * Why nothing new is to be expected: the log's disk is full. That is in no record, for want of
     * room.
     */
    public Optional<String> full() {
        try {
            if (Files.getFileStore(directory).getUsableSpace() >= AuditLog.LONGEST_RECORD) {
                return Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty(); // there is no log yet
        }
        return Optional.of(
                "the disk of "
                        + directory
                        + " is full: connections that cannot be written down are refused; make"
                        + " room, or have the policy file say \"unlogged: allow\"");
    }

    private AuditSummary summary() {
        AuditSummary summary = new AuditSummary();
        try {
            new AuditReader(directory, filter)
                    .events(
                            event -> {
                                if (filter.mayWant(event)) {
                                    summary.add(event);
                                }
                            });
        } catch (IOException e) {
            throw unreadable(e);
        }
        return summary;
    }

    private Failure unreadable(IOException e) {
        return Failure.failed("cannot read the audit log in " + directory + ": " + e.getMessage());
    }

    /** The tables Blocked and Allowed. */
    public void printTables() {
        AuditSummary summary = summary();
        List<AuditSummary.Row> blocked = summary.rows(true);
        List<AuditSummary.Row> allowed = allowed(summary);
        if (blocked.isEmpty() && allowed.isEmpty()) {
            out.println("No policy log entries found");
            return;
        }
        printTable("Blocked requests:", blocked);
        if (!blocked.isEmpty() && !allowed.isEmpty()) {
            out.println();
        }
        printTable("Allowed requests:", allowed);
        if (summary.left() > 0) {
            out.println();
            out.println(summary.left() + " more attempts had no room: narrow it by --since");
        }
    }

    private List<AuditSummary.Row> allowed(AuditSummary summary) {
        return filter.deniedOnly() ? List.of() : summary.rows(false);
    }

    private void printTable(String title, List<AuditSummary.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        out.println(title);
        Columns table =
                new Columns(
                        "SANDBOX", "TYPE", "HOST", "PROXY", "RULE", "REASON", "LAST SEEN", "COUNT");
        rows.stream()
                .limit(limit)
                .forEach(
                        row ->
                                table.row(
                                        row.sandbox(),
                                        row.type(),
                                        row.host(),
                                        row.via(),
                                        row.rule(),
                                        row.reason(),
                                        LAST_SEEN.format(row.last().atZone(zone)),
                                        String.valueOf(row.count())));
        table.print(out);
    }

    /** Hosts only, blocked ones first, each once. */
    public void printHosts() {
        AuditSummary summary = summary();
        Stream.concat(summary.rows(true).stream(), allowed(summary).stream())
                .map(AuditSummary.Row::host)
                .distinct()
                .limit(limit)
                .forEach(out::println);
    }

    /** One JSON object a line and attempt, with what became of it. */
    public void printJson() {
        Deque<AuditRecord> latest = new ArrayDeque<>();
        try {
            new AuditReader(directory, filter)
                    .records(
                            record -> {
                                latest.add(record);
                                if (limit == Long.MAX_VALUE || latest.size() > limit) {
                                    AuditRecord oldest = latest.remove();
                                    if (limit == Long.MAX_VALUE) {
                                        printJson(oldest);
                                    }
                                }
                            });
        } catch (IOException e) {
            throw unreadable(e);
        }
        latest.forEach(this::printJson);
    }

    private void printJson(AuditRecord record) {
        try (JsonGenerator json = generator()) {
            json.writeStartObject();
            writeFields(json, record.attempt(), "");
            record.end()
                    .ifPresent(
                            end -> {
                                writeField(json, "sent", end.field("sent"));
                                writeField(json, "received", end.field("received"));
                                writeField(json, "micros", end.field("micros"));
                                writeField(json, "end", end.field("end"));
                            });
            if (record.requestCount() > 0) {
                AuditEvent first = record.requests().getFirst();
                writeField(json, "method", first.field("method"));
                writeField(json, "path", first.field("path"));
                json.writeNumberField("request_count", record.requestCount());
                json.writeArrayFieldStart("requests");
                for (AuditEvent request : record.requests()) {
                    json.writeStartObject();
                    writeFields(json, request, "sandbox");
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw Failure.failed("cannot print: " + e.getMessage());
        }
        out.println();
    }

    private JsonGenerator generator() throws IOException {
        JsonGenerator json = new JsonFactory().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        return json;
    }

    private static void writeFields(JsonGenerator json, AuditEvent event, String except)
            throws IOException {
        json.writeStringField("time", event.time().toString());
        json.writeStringField("id", event.id());
        for (Map.Entry<String, String> field : event.fields().entrySet()) {
            if (!field.getKey().equals(except)) {
                writeField(json, field.getKey(), field.getValue());
            }
        }
    }

    private static void writeField(JsonGenerator json, String key, String value) {
        try {
            switch (key) {
                case "port", "sent", "received", "micros" ->
                        json.writeNumberField(key, Long.parseLong(value));
                default -> json.writeStringField(key, value);
            }
        } catch (NumberFormatException e) {
            // A field that should be a number and is none is left out.
        } catch (IOException e) {
            throw Failure.failed("cannot print: " + e.getMessage());
        }
    }

    /**
     * Prints what is added from now on until {@code goOn} says no.
     *
     * @param asJson whether as the log's own lines, requests and ends included
     */
    public void follow(boolean asJson, BooleanSupplier goOn) throws InterruptedException {
        try (AuditFollower follower = new AuditFollower(directory, filter)) {
            while (goOn.getAsBoolean()) {
                follower.poll(asJson ? this::printJson : this::printLine);
                out.flush();
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void printJson(AuditEvent event) {
        try (JsonGenerator json = generator()) {
            json.writeStartObject();
            json.writeStringField("event", event.kind());
            writeFields(json, event, "");
            json.writeEndObject();
        } catch (IOException e) {
            throw Failure.failed("cannot print: " + e.getMessage());
        }
        out.println();
    }

    private void printLine(AuditEvent event) {
        String time = LAST_SEEN.format(event.time().atZone(zone));
        String sandbox = event.field("sandbox");
        switch (event.kind()) {
            case "attempt" ->
                    out.printf(
                            "%s  %s  %s  %s %s  %s: %s%n",
                            time,
                            sandbox,
                            isDenied(event) ? "BLOCKED" : "ALLOWED",
                            event.field("protocol"),
                            AuditSummary.host(event),
                            event.field("rule"),
                            event.field("reason"));
            case "request" ->
                    out.printf(
                            "%s  %s  %s  %s %s%s%s%n",
                            time,
                            sandbox,
                            isDenied(event) ? "BLOCKED" : "REQUEST",
                            event.field("method"),
                            event.field("host"),
                            event.field("path"),
                            isDenied(event)
                                    ? "  " + event.field("rule") + ": " + event.field("reason")
                                    : "");
            default -> {
                // How it ended is in --json and in the tables' next printing.
            }
        }
    }

    private static boolean isDenied(AuditEvent event) {
        return event.field("decision").equals("deny");
    }

    /**
     * Reads what {@code --since} says: {@code 90s}, {@code 10m}, {@code 2h}, {@code 7d}, a time
     * with zone, or seconds since 1970.
     *
     * @throws Failure with code 2 if it is none of them
     */
    public static Instant since(String text, Instant now) {
        try {
            if (text.matches("[0-9]{1,6}[smhd]")) {
                long count = Long.parseLong(text.substring(0, text.length() - 1));
                long unit =
                        switch (text.charAt(text.length() - 1)) {
                            case 's' -> 1;
                            case 'm' -> 60;
                            case 'h' -> 3600;
                            default -> 86_400;
                        };
                return now.minusSeconds(count * unit);
            }
            if (text.matches("[0-9]{7,11}")) {
                return Instant.ofEpochSecond(Long.parseLong(text));
            }
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw Failure.usage(
                    "--since "
                            + text
                            + ": use 90s, 10m, 2h, 7d, a time such as 2026-01-31T10:00:00Z, or"
                            + " seconds since 1970");
        }
    }
}
