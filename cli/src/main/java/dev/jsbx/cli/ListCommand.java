package dev.jsbx.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxPorts;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.cli.terminal.Columns;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx ls}: the sandboxes that there are. */
final class ListCommand {
    private boolean json;
    private boolean quiet;

    CommandSpec spec() {
        return Spec.of("ls", "List sandboxes.", this::call)
                .flag("--json", "Print JSON", on -> json = on)
                .flag("-q --quiet", "Print names only", on -> quiet = on)
                .build();
    }

    /** A damaged sandbox is listed too: its files are still somebody's. */
    private record Row(Sandbox sandbox, SandboxConfig config) {
        String status() {
            return config == null ? "damaged" : sandbox.isRunning() ? "running" : "stopped";
        }

        // Those that listen have their numbers; those of a stopped one, what was wished for.
        List<PublishedPort> ports() {
            if (config == null) {
                return List.of();
            }
            return sandbox.isRunning() ? new SandboxPorts(sandbox).listening() : config.ports();
        }

        String workspaces() {
            return config == null
                    ? ""
                    : config.workspaces().stream()
                            .map(Workspace::text)
                            .collect(Collectors.joining(", "));
        }
    }

    private int call() throws IOException {
        List<Row> rows = rows();
        if (json) {
            System.out.println(json(rows));
        } else if (quiet) {
            rows.forEach(row -> System.out.println(row.sandbox.name()));
        } else if (rows.isEmpty()) {
            System.out.println("No sandboxes found");
        } else {
            print(rows);
        }
        return 0;
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Sandbox sandbox : SandboxStore.open().list()) {
            SandboxConfig config;
            try {
                config = SandboxStore.config(sandbox);
            } catch (Failure damaged) {
                config = null;
            }
            rows.add(new Row(sandbox, config));
        }
        return rows;
    }

    private static void print(List<Row> rows) {
        Columns table = new Columns("SANDBOX", "AGENT", "STATUS", "PORTS", "WORKSPACE");
        for (Row row : rows) {
            SandboxConfig config = row.config;
            table.row(
                    row.sandbox.name(),
                    config == null ? "" : config.agent().isEmpty() ? "-" : config.agent(),
                    row.status(),
                    row.ports().stream().map(ListCommand::text).collect(Collectors.joining(", ")),
                    row.workspaces());
        }
        table.print(System.out);
    }

    private static String text(PublishedPort port) {
        return port.text().replace(" ", "");
    }

    private static String json(List<Row> rows) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeArrayFieldStart("sandboxes");
            for (Row row : rows) {
                write(out, row);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, Row row) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", row.sandbox.name());
        out.writeStringField("status", row.status());
        if (row.config != null) {
            out.writeStringField("agent", row.config.agent());
            out.writeStringField("image", row.config.image());
            out.writeStringField("engine", row.config.engine());
            out.writeStringField("network", row.config.network().text());
            out.writeStringField("created", row.config.created().toString());
            List<PublishedPort> ports = row.ports();
            if (!ports.isEmpty()) {
                out.writeFieldName("ports");
                PortsCommand.write(out, ports);
            }
            out.writeArrayFieldStart("workspaces");
            for (Workspace workspace : row.config.workspaces()) {
                out.writeString(workspace.text());
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }
}
