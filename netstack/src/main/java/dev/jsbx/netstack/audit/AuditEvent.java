package dev.jsbx.netstack.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the log as it was read.
 *
 * @param kind {@code attempt}, {@code request} or {@code end}
 * @param id of the attempt that it belongs to
 * @param time when it was written
 * @param fields everything else by key; numbers as text
 */
public record AuditEvent(String kind, String id, Instant time, Map<String, String> fields) {
    private static final JsonFactory JSON = new JsonFactory();

    // How every line begins; inside a line's texts the quotes would have backslashes before them.
    private static final byte[] START = "{\"v\":1,".getBytes(StandardCharsets.US_ASCII);

    /**
     * Reads a line. What a killed process or a full disk left of one may stand before a whole one;
     * only the whole one is read then.
     *
     * @return empty if there is no whole record in it
     */
    static Optional<AuditEvent> parse(byte[] line, int length) {
        for (int at = lastStart(line, length); at >= 0; at = lastStart(line, at)) {
            Optional<AuditEvent> event = parse(line, at, length - at);
            if (event.isPresent()) {
                return event;
            }
        }
        return Optional.empty();
    }

    private static int lastStart(byte[] line, int before) {
        for (int at = before - START.length; at >= 0; at--) {
            int i = 0;
            while (i < START.length && line[at + i] == START[i]) {
                i++;
            }
            if (i == START.length) {
                return at;
            }
        }
        return -1;
    }

    private static Optional<AuditEvent> parse(byte[] line, int at, int length) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(line, at, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                if (!parser.nextToken().isScalarValue()) {
                    return Optional.empty();
                }
                fields.put(key, parser.getText());
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                return Optional.empty();
            }
            return of(fields);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<AuditEvent> of(Map<String, String> fields) {
        fields.remove("v");
        String kind = fields.remove("event");
        String id = fields.remove("id");
        String time = fields.remove("time");
        if (kind == null || id == null || time == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AuditEvent(kind, id, Instant.parse(time), fields));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A field; the empty text if there is none. */
    public String field(String key) {
        return fields.getOrDefault(key, "");
    }

    /** A field that is a number; 0 if there is none. */
    public long number(String key) {
        try {
            return Long.parseLong(field(key));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
