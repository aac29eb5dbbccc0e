package dev.jsbx.netstack.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An attempt with what became of it, put together from its lines. */
public final class AuditRecord {
    /** More requests than that are counted only. */
    private static final int MAX_REQUESTS = 1000;

    private static final int HTTP = 80;

    private final AuditEvent attempt;
    private final List<AuditEvent> requests = new ArrayList<>();
    private long requestCount;
    private boolean deniedRequest;
    private AuditEvent end;

    AuditRecord(AuditEvent attempt) {
        this.attempt = attempt;
    }

    void add(AuditEvent event) {
        if (event.kind().equals("end")) {
            end = event;
        } else if (event.kind().equals("request")) {
            requestCount++;
            deniedRequest |= event.field("decision").equals("deny");
            if (requests.size() < MAX_REQUESTS) {
                requests.add(event);
            }
        }
    }

    /** The line that was written before anything happened. */
    public AuditEvent attempt() {
        return attempt;
    }

    /** Requests seen inside, in order. */
    public List<AuditEvent> requests() {
        return List.copyOf(requests);
    }

    /** How many there were. */
    public long requestCount() {
        return requestCount;
    }

    /** How it ended; empty if it still goes on, or its process was killed. */
    public Optional<AuditEvent> end() {
        return Optional.ofNullable(end);
    }

    public boolean isDenied() {
        return attempt.field("decision").equals("deny");
    }

    /** Whether it was allowed, and something in it was not. */
    public boolean hasDeniedRequest() {
        return deniedRequest && !isDenied();
    }

    /** Whether no further line is to be expected. */
    boolean isComplete() {
        return end != null || isDenied() && !isTold();
    }

    // Who calls port 80 is told why it is denied, and what it asks for is written down.
    private boolean isTold() {
        return attempt.field("protocol").equals("tcp") && attempt.number("port") == HTTP;
    }
}
