package dev.jsbx.cli.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link SandboxConfig} as JSON. Read by Gson's stream, which a command starts at once: Jackson's
 * parsers begin with {@code BigDecimal}, whose tables take the JDK 15 ms, and any binding by
 * reflection takes longer than a sandbox takes to list.
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
            out.writeNumberField("dax", config.dax());
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
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                fields.read(in);
            }
            in.endObject();
            return fields.config();
        } catch (DateTimeException | IllegalArgumentException | IllegalStateException | Failure e) {
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
        private long dax;
        private Duration idle = SandboxConfig.IDLE;

        void read(JsonReader in) throws IOException {
            switch (in.nextName()) {
                case "name" -> name = in.nextString();
                case "ephemeral" -> ephemeral = in.nextBoolean();
                case "created" -> created = Instant.parse(in.nextString());
                case "cpus" -> cpus = in.nextInt();
                case "memory" -> memory = in.nextLong();
                case "image" -> image = in.nextString();
                case "engine" -> engine = in.nextString();
                case "unguarded" -> unguarded = in.nextBoolean();
                case "network" -> network = NetworkMode.parse(in.nextString());
                case "ports" -> {
                    for (String port : strings(in)) {
                        ports.add(PortSpec.parse(port).toPublish());
                    }
                }
                case "workspaces" -> {
                    in.beginArray();
                    while (in.hasNext()) {
                        workspaces.add(workspace(in));
                    }
                    in.endArray();
                }
                case "agent" -> agent = in.nextString();
                case "agentHosts" -> agentHosts.addAll(strings(in));
                case "dax" -> dax = in.nextLong();
                case "idleSeconds" -> idle = Duration.ofSeconds(in.nextLong());
                default -> in.skipValue();
            }
        }

        private static List<String> strings(JsonReader in) throws IOException {
            List<String> strings = new ArrayList<>();
            in.beginArray();
            while (in.hasNext()) {
                strings.add(in.nextString());
            }
            in.endArray();
            return strings;
        }

        private static Workspace workspace(JsonReader in) throws IOException {
            String path = null;
            String source = null;
            boolean readOnly = false;
            in.beginObject();
            while (in.hasNext()) {
                switch (in.nextName()) {
                    case "path" -> path = in.nextString();
                    case "source" -> source = in.nextString();
                    case "readOnly" -> readOnly = in.nextBoolean();
                    default -> in.skipValue();
                }
            }
            in.endObject();
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
                    dax,
                    idle);
        }
    }
}
