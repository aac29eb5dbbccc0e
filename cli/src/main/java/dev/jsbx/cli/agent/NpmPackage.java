package dev.jsbx.cli.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An installed package of npm, as its {@code package.json} has it.
 *
 * @param directory where it is
 * @param scripts what npm would run, by event, such as {@code postinstall}
 */
record NpmPackage(Path directory, String name, String version, Map<String, String> scripts) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String FILE = "package.json";

    /** The packages that were asked for: those that a global prefix has at its top. */
    static List<NpmPackage> in(Path prefix) throws IOException {
        List<NpmPackage> found = new ArrayList<>();
        Path modules = prefix.resolve("lib/node_modules");
        if (Files.isDirectory(modules)) {
            collect(modules, found);
        }
        found.sort(Comparator.comparing(NpmPackage::name));
        return found;
    }

    private static void collect(Path modules, List<NpmPackage> found) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(modules)) {
            for (Path entry : entries) {
                if (entry.getFileName().toString().startsWith("@")) {
                    collect(entry, found);
                } else if (Files.exists(entry.resolve(FILE))) {
                    found.add(read(entry));
                }
            }
        }
    }

    private static NpmPackage read(Path directory) throws IOException {
        String name = directory.getFileName().toString();
        String version = "";
        Map<String, String> scripts = new HashMap<>();
        try (JsonParser in = JSON.createParser(directory.resolve(FILE).toFile())) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                boolean text = in.nextToken() == JsonToken.VALUE_STRING;
                switch (field) {
                    case "name" -> name = text ? in.getText() : name;
                    case "version" -> version = text ? in.getText() : version;
                    case "scripts" -> readTexts(in, scripts);
                    default -> in.skipChildren();
                }
            }
        }
        return new NpmPackage(directory, name, version, scripts);
    }

    private static void readTexts(JsonParser in, Map<String, String> into) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String key = in.currentName();
            if (in.nextToken() == JsonToken.VALUE_STRING) {
                into.put(key, in.getText());
            } else {
                in.skipChildren();
            }
        }
    }
}
