package dev.jsbx.cli.vmm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;

/** What a VMM process says of itself. */
final class StatusJson {
    private StatusJson() {}

    static String of(Sessions sessions) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("pid", ProcessHandle.current().pid());
            out.writeBooleanField("kept", sessions.isKept());
            out.writeArrayFieldStart("sessions");
            for (Sessions.Held held : sessions.list()) {
                out.writeStartObject();
                out.writeStringField("command", held.what());
                out.writeStringField("since", held.since().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text.toString();
    }
}
