package dev.jsbx.image.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
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
 * @param blobs by role ({@code vmlinux}, {@code initramfs}, {@code root})
 */
record Manifest(
        String name,
        String recipe,
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

    /** SHA-256 over names and contents of all blobs. */
    String id() {
        var digest = Blobs.sha256();
        blobs.forEach(
                (role, blob) ->
                        digest.update(
                                (role + blob.hash() + "\n")
                                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        return java.util.HexFormat.of().formatHex(digest.digest());
    }

    String write() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
            out.writeStartObject();
            out.writeStringField("name", name);
            out.writeStringField("recipe", recipe);
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
        Instant created = Instant.EPOCH;
        String release = "";
        List<String> modules = new ArrayList<>();
        Map<String, Blob> blobs = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(text)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "name" -> name = in.getText();
                    case "recipe" -> recipe = in.getText();
                    case "created" -> created = Instant.parse(in.getText());
                    case "release" -> release = in.getText();
                    case "modules" -> {
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            modules.add(in.getText());
                        }
                    }
                    case "blobs" -> {
                        while (in.nextToken() == JsonToken.FIELD_NAME) {
                            blobs.put(in.currentName(), blob(in));
                        }
                    }
                    default -> in.skipChildren();
                }
            }
        } catch (DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (name == null || !blobs.containsKey("vmlinux") || !blobs.containsKey("initramfs")) {
            throw new IOException("a name, a kernel and an initramfs are expected");
        }
        return new Manifest(name, recipe, created, release, modules, blobs);
    }

    private static Blob blob(JsonParser in) throws IOException {
        String hash = "";
        long size = 0;
        in.nextToken();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "sha256" -> hash = in.getText();
                case "size" -> size = in.getLongValue();
                default -> in.skipChildren();
            }
        }
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IOException("\"" + hash + "\" is no SHA-256");
        }
        return new Blob(hash, size);
    }
}
