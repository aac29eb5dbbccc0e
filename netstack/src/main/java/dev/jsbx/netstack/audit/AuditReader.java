package dev.jsbx.netstack.audit;

import dev.jsbx.netstack.audit.AuditFiles.LogFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads the log, whoever wrote it and however that ended. */
public final class AuditReader {
    /** How many attempts may wait for their end; beyond it the oldest is handed on as it is. */
    private static final int MAX_OPEN = 1 << 16;

    private final Path directory;
    private final AuditFilter filter;

    public AuditReader(Path directory, AuditFilter filter) {
        this.directory = directory;
        this.filter = filter;
    }

    /**
     * Hands on every event that the filter wants in the order of the files. Lines that are not
     * whole are skipped.
     */
    public void events(Consumer<AuditEvent> consumer) throws IOException {
        LocalDate first =
                filter.since()
                        .map(time -> LocalDate.ofInstant(time, ZoneOffset.UTC))
                        .orElse(LocalDate.MIN);
        for (LogFile file : AuditFiles.list(directory)) {
            if (file.day().isBefore(first)) {
                continue;
            }
            try (LineReader lines = new LineReader(file.path())) {
                lines.read((line, length) -> accept(line, length, consumer));
            } catch (NoSuchFileException e) {
                continue; // its time was up
            }
        }
    }

    private void accept(byte[] line, int length, Consumer<AuditEvent> consumer) {
        AuditEvent.parse(line, length).ifPresent(consumer);
    }

    /** Hands on every attempt that the filter wants, in the order in which they were made. */
    public void records(Consumer<AuditRecord> consumer) throws IOException {
        Map<String, AuditRecord> open = new LinkedHashMap<>();
        events(
                event -> {
                    AuditRecord record = open.get(event.id());
                    if (record != null) {
                        record.add(event);
                    } else if (event.kind().equals("attempt") && filter.mayWant(event)) {
                        open.put(event.id(), new AuditRecord(event));
                    }
                    drain(open, consumer);
                });
        open.values().stream().filter(this::isWanted).forEach(consumer);
    }

    private boolean isWanted(AuditRecord record) {
        return !filter.deniedOnly() || record.isDenied() || record.hasDeniedRequest();
    }

    private void drain(Map<String, AuditRecord> open, Consumer<AuditRecord> consumer) {
        Iterator<AuditRecord> oldest = open.values().iterator();
        while (oldest.hasNext()) {
            AuditRecord record = oldest.next();
            if (!record.isComplete() && open.size() <= MAX_OPEN) {
                return;
            }
            oldest.remove();
            if (isWanted(record)) {
                consumer.accept(record);
            }
        }
    }
}
