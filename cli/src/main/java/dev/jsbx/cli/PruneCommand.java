package dev.jsbx.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.run.Removal;
import dev.jsbx.cli.sandbox.LastRun;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.IOException;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx prune}: removes the sandboxes that are stopped. */
final class PruneCommand {
    private static final Pattern AGE = Pattern.compile("until=(\\d{1,6})(s|m|h|d)");

    private boolean dryRun;
    private boolean force;
    private boolean json;
    private String filter;

    CommandSpec spec() {
        return Spec.of(
                        "prune",
                        "Remove every stopped sandbox; the branches they worked on stay.",
                        this::call)
                .flag("--dry-run", "Only say which", on -> dryRun = on)
                .flag("-f --force", "Ask nothing", on -> force = on)
                .flag("--json", "Print JSON", on -> json = on)
                .value(
                        "--filter",
                        "until=AGE",
                        "Only those stopped for so long: 24h, 7d, or since a time such as"
                                + " 2026-01-31T00:00:00Z",
                        v -> filter = v)
                .build();
    }

    private int call() throws IOException, InterruptedException {
        Instant until = filter == null ? Instant.MAX : until(filter);
        List<Sandbox> chosen = new ArrayList<>();
        for (Sandbox sandbox : SandboxStore.open().list()) {
            if (!sandbox.isRunning() && stopped(sandbox).isBefore(until)) {
                chosen.add(sandbox);
            }
        }
        if (!dryRun && !chosen.isEmpty() && !force) {
            RemoveCommand.confirm(chosen);
        }
        if (json) {
            System.out.println(json(chosen));
        }
        for (Sandbox sandbox : chosen) {
            if (!dryRun) {
                Removal.call(sandbox, false);
            }
            say("Sandbox '" + sandbox.name() + (dryRun ? "' would be removed" : "' removed"));
        }
        if (chosen.isEmpty()) {
            say("No sandboxes found");
        }
        return 0;
    }

    private void say(String line) {
        if (!json) {
            System.out.println(line);
        }
    }

    /** When it ended; one that was killed or never ran counts from its last start or its making. */
    private static Instant stopped(Sandbox sandbox) throws IOException {
        Optional<LastRun> last = LastRun.read(sandbox);
        return last.isPresent()
                ? last.get().ended().orElse(last.get().started())
                : SandboxStore.config(sandbox).created();
    }

    private static Instant until(String filter) {
        Matcher age = AGE.matcher(filter);
        if (age.matches()) {
            long number = Long.parseLong(age.group(1));
            Duration duration =
                    switch (age.group(2)) {
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        default -> Duration.ofDays(number);
                    };
            return Instant.now().minus(duration);
        }
        try {
            if (filter.startsWith("until=")) {
                String time = filter.substring("until=".length());
                return time.matches("\\d+")
                        ? Instant.ofEpochSecond(Long.parseLong(time))
                        : Instant.parse(time);
            }
        } catch (DateTimeException | NumberFormatException e) {
            // It is none.
        }
        throw Failure.usage(
                "the filter "
                        + filter
                        + " is none: write it as until=24h, until=7d or"
                        + " until=2026-01-31T00:00:00Z");
    }

    private String json(List<Sandbox> chosen) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeArrayFieldStart(dryRun ? "would_remove" : "removed");
            for (Sandbox sandbox : chosen) {
                out.writeStartObject();
                out.writeStringField("name", sandbox.name());
                out.writeStringField("stopped_at", stopped(sandbox).toString());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text.toString();
    }
}
