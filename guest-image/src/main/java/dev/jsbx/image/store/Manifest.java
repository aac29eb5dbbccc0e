package dev.jsbx.image.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code NAME.json} says.
 *
 * @param agent the version of the protocol that its agent speaks; 0 if that was not written down
 * @param blobs by role ({@code vmlinux}, {@code initramfs}, {@code root})
 */
record Manifest(
        String name,
        String recipe,
        int agent,
        Instant created,
        String release,
        List<String> modules,
        Map<String, Blob> blobs) {
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * One file.
     *
     * @param size in bytes
     */
    record Blob(String hash, long size) {}

    String write() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
            out.writeStartObject();
            out.writeStringField("name", name);
            out.writeStringField("recipe", recipe);
            out.writeNumberField("agent", agent);
            out.writeStringField("created", created.toString());
            out.writeStringField("release", release);
            out.writeArrayFieldStart("modules");
            for (String module : modules) {
                out.writeString(module);
            }
            out.writeEndArray();
            out.writeObjectFieldStart("blobs");
            for (Map.Entry<String, Blob> blob : blobs.entrySet()) {
                out.writeObjectFieldStart(blob.getKey());
                out.writeStringField("sha256", blob.getValue().hash());
                out.writeNumberField("size", blob.getValue().size());
                out.writeEndObject();
            }
            out.writeEndObject();
            out.writeEndObject();
        }
        return text.append('\n').toString();
    }

    static Manifest read(String text) throws IOException {
        String name = null;
        String recipe = "";
        int agent = 0;
        Instant created = Instant.EPOCH;
        String release = "";
        List<String> modules = new ArrayList<>();
        Map<String, Blob> blobs = new LinkedHashMap<>();
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                switch (in.nextName()) {
                    case "name" -> name = in.nextString();
                    case "recipe" -> recipe = in.nextString();
                    case "agent" -> agent = in.nextInt();
                    case "created" -> created = Instant.parse(in.nextString());
                    case "release" -> release = in.nextString();
                    case "modules" -> {
                        in.beginArray();
                        while (in.hasNext()) {
                            modules.add(in.nextString());
                        }
                        in.endArray();
                    }
                    case "blobs" -> {
                        in.beginObject();
                        while (in.hasNext()) {
                            blobs.put(in.nextName(), blob(in));
                        }
                        in.endObject();
                    }
                    default -> in.skipValue();
                }
            }
            in.endObject();
        } catch (DateTimeException | IllegalArgumentException | IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (name == null || !blobs.containsKey("vmlinux") || !blobs.containsKey("initramfs")) {
            throw new IOException("a name, a kernel and an initramfs are expected");
        }
        return new Manifest(name, recipe, agent, created, release, modules, blobs);
    }

    private static Blob blob(JsonReader in) throws IOException {
        String hash = "";
        long size = 0;
        in.beginObject();
        while (in.hasNext()) {
            switch (in.nextName()) {
                case "sha256" -> hash = in.nextString();
                case "size" -> size = in.nextLong();
                default -> in.skipValue();
            }
        }
        in.endObject();
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IOException("\"" + hash + "\" is no SHA-256");
        }
        return new Blob(hash, size);
    }
}
