package dev.jsbx.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.run.IdleTime;
import dev.jsbx.cli.sandbox.LastRun;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.vmm.VmmControl;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx inspect SANDBOX}: all that is known of one. */
final class InspectCommand {
    private boolean json;
    private String[] names = {};

    CommandSpec spec() {
        return Spec.of("inspect", "Show all that is known of a sandbox.", this::call)
                .flag("--json", "Print JSON", on -> json = on)
                .words("SANDBOX", "1", "Its name", w -> names = w)
                .build();
    }

    private int call() throws IOException {
        Sandbox sandbox = SandboxStore.open().get(names[0]);
        Map<String, String> facts = facts(sandbox);
        String live = live(sandbox);
        if (json) {
            System.out.println(json(facts, live));
            return 0;
        }
        facts.forEach((name, value) -> System.out.printf("%-10s  %s%n", name, value));
        if (!live.isEmpty()) {
            System.out.printf("%-10s  %s%n", "process", live);
        }
        return 0;
    }

    private static Map<String, String> facts(Sandbox sandbox) throws IOException {
        SandboxConfig config = SandboxStore.config(sandbox);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("name", config.name());
        facts.put("status", sandbox.isRunning() ? "running" : "stopped");
        if (!config.agent().isEmpty()) {
            facts.put("agent", config.agent());
        }
        facts.put("image", config.image());
        facts.put("engine", config.engine());
        facts.put("cpus", String.valueOf(config.cpus()));
        facts.put("memory", (config.memory() >> 20) + " MiB");
        facts.put("network", config.network().text());
        facts.put("idle", IdleTime.text(config.idle()));
        facts.put("created", config.created().toString());
        facts.put(
                "workspaces",
                config.workspaces().stream()
                        .map(Workspace::text)
                        .collect(Collectors.joining(", ")));
        Optional<BranchRecord> branch = BranchRecord.read(sandbox.directory());
        branch.ifPresent(record -> facts.put("branch", record.branch()));
        LastRun.read(sandbox).ifPresent(last -> add(facts, last, sandbox));
        facts.put("directory", sandbox.directory().toString());
        return facts;
    }

    private static void add(Map<String, String> facts, LastRun last, Sandbox sandbox) {
        facts.put("started", last.started().toString());
        if (last.ended().isPresent()) {
            facts.put("ended", last.ended().get() + ": " + last.detail());
        } else if (!sandbox.isRunning()) {
            facts.put("ended", "its VMM process was killed");
        }
    }

    // What the process says itself, as JSON; it may be starting or ending.
    private static String live(Sandbox sandbox) {
        if (!sandbox.isRunning()) {
            return "";
        }
        try (VmmControl control = VmmControl.connect(sandbox).orElse(null)) {
            return control == null ? "" : control.status();
        } catch (IOException e) {
            return "";
        }
    }

    private static String json(Map<String, String> facts, String live) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                out.writeStringField(fact.getKey(), fact.getValue());
            }
            if (!live.isEmpty()) {
                out.writeFieldName("process");
                out.writeRawValue(live);
            }
            out.writeEndObject();
        }
        return text.toString();
    }
}
