package dev.jsbx.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jsbx.cli.run.SandboxPortsWork;
import dev.jsbx.cli.sandbox.PortSpec;
import dev.jsbx.cli.sandbox.PublishedPort;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.terminal.Columns;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx ports SANDBOX [--publish SPEC]… [--unpublish SPEC]… [--json]}. */
final class PortsCommand {
    private static final String SYNTAX = "[[IP:]HOST:]GUEST[/tcp|udp]";

    private String[] words = {};
    private String[] publish = {};
    private String[] unpublish = {};
    private boolean json;

    CommandSpec spec() {
        return Spec.of("ports", "List, publish and take back ports of a sandbox.", this::call)
                .values("-p --publish", SYNTAX, "Publish a port (at 127.0.0.1)", v -> publish = v)
                .values(
                        "--unpublish",
                        SYNTAX,
                        "Take a port back; GUEST alone means all of that port",
                        v -> unpublish = v)
                .flag("--json", "Print JSON", on -> json = on)
                .words("SANDBOX", "1", "Its name", v -> words = v)
                .build();
    }

    private int call() throws IOException {
        List<PublishedPort> wanted = PublishedPort.parse(publish);
        List<PortSpec> unwanted = Arrays.stream(unpublish).map(PortSpec::parse).toList();
        String name = SandboxName.check(words[0]);
        Sandbox sandbox = SandboxStore.open().get(name);
        if (!wanted.isEmpty() && !SandboxStore.config(sandbox).network().card()) {
            throw Failure.failed("the sandbox " + name + " has no network: make one that has");
        }
        try (SandboxPortsWork work = SandboxPortsWork.of(sandbox)) {
            for (PortSpec spec : unwanted) {
                work.unpublish(spec).forEach(port -> say("Unpublished", port));
            }
            for (PublishedPort port : wanted) {
                say("Published", work.publish(port));
            }
            if (json) {
                System.out.println(json(work.list()));
            } else if (wanted.isEmpty() && unwanted.isEmpty()) {
                print(work.list());
            }
        }
        return 0;
    }

    private void say(String what, PublishedPort port) {
        if (!json) {
            System.out.println(what + " " + port.text());
        }
    }

    private static void print(List<PublishedPort> ports) {
        if (ports.isEmpty()) {
            System.out.println("No published ports");
            return;
        }
        Columns table = new Columns("HOST IP", "HOST PORT", "SANDBOX PORT", "PROTOCOL");
        for (PublishedPort port : ports) {
            table.row(
                    port.hostIpText(),
                    port.hostPort() == 0 ? "any" : Integer.toString(port.hostPort()),
                    Integer.toString(port.guestPort()),
                    port.protocolText());
        }
        table.print(System.out);
    }

    private static String json(List<PublishedPort> ports) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            write(out, ports);
        }
        return text.toString();
    }

    /** Writes an array of them. */
    static void write(JsonGenerator out, List<PublishedPort> ports) throws IOException {
        out.writeStartArray();
        for (PublishedPort port : ports) {
            out.writeStartObject();
            out.writeStringField("host_ip", port.hostIpText());
            out.writeNumberField("host_port", port.hostPort());
            out.writeNumberField("sandbox_port", port.guestPort());
            out.writeStringField("protocol", port.protocolText());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
