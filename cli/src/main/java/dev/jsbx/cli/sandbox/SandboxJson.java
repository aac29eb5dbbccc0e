package dev.jsbx.cli.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link SandboxConfig} as JSON. Jackson's streaming half only: binding by reflection takes longer
 * to start than a sandbox takes to list.
 */
final class SandboxJson {
    private static final JsonFactory JSON = new JsonFactory();

    private SandboxJson() {}

    static String write(SandboxConfig config) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("name", config.name());
            out.writeBooleanField("ephemeral", config.ephemeral());
            out.writeStringField("created", config.created().toString());
            out.writeNumberField("cpus", config.cpus());
            out.writeNumberField("memory", config.memory());
            out.writeStringField("image", config.image());
            out.writeStringField("engine", config.engine());
            out.writeStringField("network", config.network().text());
            out.writeBooleanField("unguarded", config.unguarded());
            out.writeArrayFieldStart("workspaces");
            for (Workspace workspace : config.workspaces()) {
                out.writeStartObject();
                out.writeStringField("path", workspace.path().toString());
                out.writeBooleanField("readOnly", workspace.readOnly());
                out.writeStringField("source", workspace.source().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeStringField("agent", config.agent());
            out.writeArrayFieldStart("agentHosts");
            for (String host : config.agentHosts()) {
                out.writeString(host);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("ports");
            for (PublishedPort port : config.ports()) {
                out.writeString(port.spec());
            }
            out.writeEndArray();
            out.writeNumberField("idleSeconds", config.idle().toSeconds());
            out.writeEndObject();
        }
        return text.append('\n').toString();
    }

    /**
     * Reads what {@link #write} wrote; fields it does not know are of a later version and skipped.
     *
     * @throws IOException if it is not such a text
     */
    static SandboxConfig read(String text) throws IOException {
        Fields fields = new Fields();
        try (JsonParser in = JSON.createParser(text)) {
            expect(in.nextToken() == JsonToken.START_OBJECT, "an object");
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                fields.read(in);
            }
            return fields.config();
        } catch (DateTimeException | IllegalArgumentException | Failure e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void expect(boolean condition, String what) throws IOException {
        if (!condition) {
            throw new IOException("expected " + what);
        }
    }

    private static final class Fields {
        private String name;
        private boolean ephemeral;
        private Instant created;
        private int cpus;
        private long memory;
        private String image;
        private String engine;
        private boolean unguarded;
        private NetworkMode network = NetworkMode.NONE;
        private final List<Workspace> workspaces = new ArrayList<>();
        private final List<PublishedPort> ports = new ArrayList<>();
        private String agent = "";
        private final List<String> agentHosts = new ArrayList<>();
        private Duration idle = SandboxConfig.IDLE;

        void read(JsonParser in) throws IOException {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "name" -> name = in.getText();
                case "ephemeral" -> ephemeral = in.getBooleanValue();
                case "created" -> created = Instant.parse(in.getText());
                case "cpus" -> cpus = in.getIntValue();
                case "memory" -> memory = in.getLongValue();
                case "image" -> image = in.getText();
                case "engine" -> engine = in.getText();
                case "unguarded" -> unguarded = in.getBooleanValue();
                case "network" -> network = NetworkMode.parse(in.getText());
                case "ports" -> {
                    expect(in.currentToken() == JsonToken.START_ARRAY, "an array of ports");
                    while (in.nextToken() == JsonToken.VALUE_STRING) {
                        ports.add(PortSpec.parse(in.getText()).toPublish());
                    }
                }
                case "workspaces" -> {
                    expect(in.currentToken() == JsonToken.START_ARRAY, "an array of workspaces");
                    while (in.nextToken() == JsonToken.START_OBJECT) {
                        workspaces.add(workspace(in));
                    }
                }
                case "agent" -> agent = in.getText();
                case "agentHosts" -> {
                    expect(in.currentToken() == JsonToken.START_ARRAY, "an array of hosts");
                    while (in.nextToken() == JsonToken.VALUE_STRING) {
                        agentHosts.add(in.getText());
                    }
                }
                case "idleSeconds" -> idle = Duration.ofSeconds(in.getLongValue());
                default -> in.skipChildren();
            }
        }

        private static Workspace workspace(JsonParser in) throws IOException {
            String path = null;
            String source = null;
            boolean readOnly = false;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "path" -> path = in.getText();
                    case "source" -> source = in.getText();
                    case "readOnly" -> readOnly = in.getBooleanValue();
                    default -> in.skipChildren();
                }
            }
            expect(path != null, "a workspace's path");
            return new Workspace(Path.of(path), readOnly, Path.of(source == null ? path : source));
        }

        SandboxConfig config() throws IOException {
            expect(name != null && created != null, "a name and a time");
            expect(image != null && engine != null, "an image and an engine");
            expect(cpus > 0 && memory > 0, "CPUs and memory");
            return new SandboxConfig(
                    name,
                    ephemeral,
                    created,
                    cpus,
                    memory,
                    image,
                    engine,
                    network,
                    unguarded,
                    workspaces,
                    agent,
                    agentHosts,
                    ports,
                    idle);
        }
    }
}
