package dev.jsbx.cli.dashboard;

import dev.jsbx.netstack.audit.AuditEvent;
import dev.jsbx.netstack.audit.AuditFilter;
import dev.jsbx.netstack.audit.AuditFollower;
import dev.jsbx.netstack.audit.AuditReader;
import dev.jsbx.netstack.audit.AuditSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What sandboxes ask of the network, the newest first, and what the policy says to it. */
final class NetworkPanel implements Panel {
    private static final int SHOWN = 200;
    private static final Duration BACK = Duration.ofHours(1);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final int NAME = 18;
    private static final int DECISION = 7;

    private final Path audit;
    private final List<AuditEvent> events = new ArrayList<>();
    private AuditFollower follower;
    private String problem = "";
    private int chosen;

    /**
     * @param audit the directory of the audit log
     */
    NetworkPanel(Path audit) {
        this.audit = audit;
    }

    @Override
    public String title() {
        return "Network";
    }

    @Override
    public String keys() {
        return "a allow  d deny  A/D for all sandboxes  Tab sandboxes  q quit";
    }

    @Override
    public void refresh() {
        try {
            if (follower == null) {
                Instant since = Instant.now().minus(BACK);
                AuditFilter recent = new AuditFilter(Optional.empty(), Optional.of(since), false);
                new AuditReader(audit, recent).events(this::add);
                follower = new AuditFollower(audit, AuditFilter.ALL);
            }
            follower.poll(this::add);
            problem = "";
        } catch (IOException e) {
            problem = "the audit log cannot be read: " + e.getMessage();
        }
    }

    // The chosen line stays the same attempt while others come in above it.
    private void add(AuditEvent event) {
        if (!event.kind().equals("attempt")) {
            return;
        }
        events.addFirst(event);
        if (chosen > 0) {
            chosen++;
        }
        if (events.size() > SHOWN) {
            events.removeLast();
            chosen = Math.min(chosen, SHOWN - 1);
        }
    }

    @Override
    public String head(int columns) {
        return line("TIME    ", "SANDBOX", "POLICY", "HOST", columns);
    }

    @Override
    public List<String> lines(int columns) {
        return events.stream()
                .map(
                        event ->
                                line(
                                        TIME.format(event.time().atZone(ZoneId.systemDefault())),
                                        event.field("sandbox"),
                                        event.field("decision").equals("deny")
                                                ? "blocked"
                                                : "allowed",
                                        event.field("protocol") + " " + AuditSummary.host(event),
                                        columns))
                .toList();
    }

    private static String line(
            String time, String sandbox, String decision, String host, int columns) {
        return Text.cut(
                String.join(
                        " ", time, Text.cell(sandbox, NAME), Text.cell(decision, DECISION), host),
                columns);
    }

    @Override
    public String detail() {
        if (!problem.isEmpty()) {
            return problem;
        }
        AuditEvent event = chosenEvent();
        return event == null
                ? "No attempts within the last hour"
                : event.field("rule") + ": " + event.field("reason");
    }

    @Override
    public void move(int by) {
        chosen = Math.clamp(chosen + by, 0, Math.max(0, events.size() - 1));
    }

    @Override
    public int chosen() {
        return events.isEmpty() ? -1 : chosen;
    }

    /** The chosen attempt, or null. */
    AuditEvent chosenEvent() {
        return events.isEmpty() ? null : events.get(chosen);
    }
}
