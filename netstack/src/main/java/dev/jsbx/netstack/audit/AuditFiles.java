package dev.jsbx.netstack.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The log's files: {@code 2026-01-31.jsonl}, then {@code 2026-01-31.1.jsonl} and so on. */
final class AuditFiles {
    private static final Pattern NAME =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(?:\\.(\\d{1,6}))?\\.jsonl");

    /**
     * One of them.
     *
     * @param bytes its length when it was looked at
     */
    record LogFile(Path path, LocalDate day, int number, long bytes) {}

    private AuditFiles() {}

    static Path path(Path directory, LocalDate day, int number) {
        return directory.resolve(day + (number == 0 ? "" : "." + number) + ".jsonl");
    }

    /** All files in the order in which they were written; none if the directory is not there. */
    static List<LogFile> list(Path directory) throws IOException {
        List<LogFile> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path path : (Iterable<Path>) entries::iterator) {
                parse(path).ifPresent(files::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        files.sort(Comparator.comparing(LogFile::day).thenComparing(LogFile::number));
        return files;
    }

    private static Optional<LogFile> parse(Path path) throws IOException {
        Matcher matcher = NAME.matcher(path.getFileName().toString());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            int number = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
            LocalDate day = LocalDate.parse(matcher.group(1));
            return Optional.of(new LogFile(path, day, number, Files.size(path)));
        } catch (DateTimeException | NoSuchFileException e) {
            return Optional.empty(); // no day of the calendar, or removed just now
        }
    }

    /**
     * Makes room: removes what is too old, then the oldest days while all is too much. Files of
     * today stay.
     *
     * @return the bytes of today's files
     */
    static long prune(AuditOptions options, LocalDate today) throws IOException {
        List<LogFile> files = list(options.directory());
        long total = files.stream().mapToLong(LogFile::bytes).sum();
        for (LogFile file : files) {
            boolean old = file.day().isBefore(today.minusDays(options.keepDays()));
            if (file.day().isBefore(today) && (old || total > options.maxTotalBytes())) {
                Files.deleteIfExists(file.path());
                total -= file.bytes();
            }
        }
        return files.stream()
                .filter(file -> !file.day().isBefore(today))
                .mapToLong(LogFile::bytes)
                .sum();
    }

    /** How much of a day's files is of one sandbox; reads them all. */
    static long bytesOf(Path directory, LocalDate day, String sandbox) throws IOException {
        byte[] wanted = (",\"sandbox\":\"" + sandbox + '"').getBytes(StandardCharsets.US_ASCII);
        long[] bytes = {0};
        for (LogFile file : list(directory)) {
            if (file.day().equals(day)) {
                try (LineReader lines = new LineReader(file.path())) {
                    lines.read(
                            (line, length) -> {
                                if (contains(line, length, wanted)) {
                                    bytes[0] += length + 1;
                                }
                            });
                }
            }
        }
        return bytes[0];
    }

    // The name of the sandbox stands before all that a guest says, whose quotes are escaped.
    private static boolean contains(byte[] line, int length, byte[] wanted) {
        for (int at = 0; at + wanted.length <= length; at++) {
            if (Arrays.equals(line, at, at + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    /** The number of the file that a day's next record goes to. */
    static int current(AuditOptions options, LocalDate day) throws IOException {
        LogFile last =
                list(options.directory()).stream()
                        .filter(file -> file.day().equals(day))
                        .reduce((a, b) -> b)
                        .orElse(null);
        if (last == null) {
            return 0;
        }
        return last.bytes() < options.maxFileBytes() ? last.number() : last.number() + 1;
    }
}
