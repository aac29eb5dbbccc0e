package dev.jsbx.netstack.audit;

import dev.jsbx.netstack.audit.AuditFiles.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads what is added to the log from now on. */
public final class AuditFollower implements AutoCloseable {
    private final Path directory;
    private final AuditFilter filter;
    private final Map<Path, LineReader> readers = new HashMap<>();

    /** Begins at the log's present end. */
    public AuditFollower(Path directory, AuditFilter filter) throws IOException {
        this.directory = directory;
        this.filter = filter;
        for (LogFile file : AuditFiles.list(directory)) {
            reader(file).read((line, length) -> {});
        }
    }

    private LineReader reader(LogFile file) throws IOException {
        LineReader reader = readers.get(file.path());
        if (reader == null) {
            reader = new LineReader(file.path());
            readers.put(file.path(), reader);
        }
        return reader;
    }

    /** Hands on the events that were added since the last call and that the filter wants. */
    public void poll(Consumer<AuditEvent> consumer) throws IOException {
        for (LogFile file : AuditFiles.list(directory)) {
            reader(file)
                    .read(
                            (line, length) ->
                                    AuditEvent.parse(line, length)
                                            .filter(filter::wants)
                                            .ifPresent(consumer));
        }
    }

    @Override
    public void close() throws IOException {
        for (LineReader reader : readers.values()) {
            reader.close();
        }
    }
}
