package dev.jsbx.cli.vmm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jsbx.image.agent.ExecRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A command for the guest as one line of JSON, from a command of the user to a VMM process. */
final class CommandJson {
    private static final JsonFactory JSON = new JsonFactory();

    private CommandJson() {}

    static String write(ExecRequest request) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeArrayFieldStart("argv");
            for (String word : request.argv()) {
                out.writeString(word);
            }
            out.writeEndArray();
            out.writeStringField("user", request.user());
            out.writeStringField("directory", request.directory());
            out.writeObjectFieldStart("environment");
            for (Map.Entry<String, String> variable : request.environment().entrySet()) {
                out.writeStringField(variable.getKey(), variable.getValue());
            }
            out.writeEndObject();
            out.writeEndObject();
        }
        return text.toString();
    }

    static ExecRequest read(String text) throws IOException {
        List<String> argv = new ArrayList<>();
        String user = "";
        String directory = "";
        Map<String, String> environment = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(text)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "argv" -> {
                        while (in.nextToken() == JsonToken.VALUE_STRING) {
                            argv.add(in.getText());
                        }
                    }
                    case "user" -> user = in.getText();
                    case "directory" -> directory = in.getText();
                    case "environment" -> {
                        while (in.nextToken() == JsonToken.FIELD_NAME) {
                            environment.put(in.currentName(), in.nextTextValue());
                        }
                    }
                    default -> in.skipChildren();
                }
            }
        }
        return ExecRequest.of(argv.toArray(String[]::new))
                .withUser(user)
                .withDirectory(directory)
                .withEnvironment(environment);
    }
}
