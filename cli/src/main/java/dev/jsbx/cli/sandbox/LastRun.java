package dev.jsbx.cli.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * What a sandbox's latest VMM process wrote down of itself. Whether one lives is not told by this,
 * but by its lock: a file says what was, and a process that was killed had no time to change it.
 *
 * @param pid of the VMM process
 * @param started when it began
 * @param ended when the guest had ended; empty if the process was killed before, or lives
 * @param detail how the guest ended, one line; empty with {@code ended}
 */
public record LastRun(long pid, Instant started, Optional<Instant> ended, String detail) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Of this process, which begins. */
    public static LastRun begun() {
        return new LastRun(ProcessHandle.current().pid(), Instant.now(), Optional.empty(), "");
    }

    /** The same, ended now. */
    public LastRun ended(String detail) {
        return new LastRun(pid, started, Optional.of(Instant.now()), detail);
    }

    /** Writes it down, whole or not at all. */
    public void write(Sandbox sandbox) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("pid", pid);
            out.writeStringField("started", started.toString());
            if (ended.isPresent()) {
                out.writeStringField("ended", ended.get().toString());
                out.writeStringField("detail", detail);
            }
            out.writeEndObject();
        }
        WholeFile.write(file(sandbox), text.append('\n').toString());
    }

    /** Reads it; empty if the sandbox never ran, or the file is damaged. */
    public static Optional<LastRun> read(Sandbox sandbox) throws IOException {
        try {
            return parse(Files.readString(file(sandbox)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<LastRun> parse(String text) {
        long pid = 0;
        Instant started = null;
        Instant ended = null;
        String detail = "";
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                switch (in.nextName()) {
                    case "pid" -> pid = in.nextLong();
                    case "started" -> started = Instant.parse(in.nextString());
                    case "ended" -> ended = Instant.parse(in.nextString());
                    case "detail" -> detail = in.nextString();
                    default -> in.skipValue();
                }
            }
            in.endObject();
        } catch (IOException
                | DateTimeException
                | IllegalArgumentException
                | IllegalStateException damaged) {
            return Optional.empty();
        }
        return started == null
                ? Optional.empty()
                : Optional.of(new LastRun(pid, started, Optional.ofNullable(ended), detail));
    }

    /**
     * The process, if it is still the one that wrote this: a number may have gone to another since.
     */
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid).filter(this::isSame);
    }

    // The kernel's start time is in clock ticks, and the process wrote after it had begun.
    private boolean isSame(ProcessHandle process) {
        return process.info()
                .startInstant()
                .filter(at -> at.isBefore(started.plusSeconds(1)))
                .isPresent();
    }

    private static Path file(Sandbox sandbox) {
        return sandbox.directory().resolve("last-run.json");
    }
}
