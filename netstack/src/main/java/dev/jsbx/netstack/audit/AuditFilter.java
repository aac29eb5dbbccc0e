package dev.jsbx.netstack.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * Which attempts a reader wants.
 *
 * @param sandbox only those of this one
 * @param since only those from this time on
 * @param deniedOnly only those that were denied, or in which a request was
 */
public record AuditFilter(Optional<String> sandbox, Optional<Instant> since, boolean deniedOnly) {
    /** Everything. */
    public static final AuditFilter ALL =
            new AuditFilter(Optional.empty(), Optional.empty(), false);

    /** Whether it wants an event's attempt, as far as this event tells. */
    public boolean wants(AuditEvent event) {
        return mayWant(event) && (!deniedOnly || event.field("decision").equals("deny"));
    }

    /** Whether it wants an event's attempt if that is denied, now or by a request later. */
    public boolean mayWant(AuditEvent event) {
        return sandbox.map(name -> name.equals(event.field("sandbox"))).orElse(true)
                && since.map(time -> !event.time().isBefore(time)).orElse(true);
    }
}
