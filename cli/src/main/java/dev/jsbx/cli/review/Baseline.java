package dev.jsbx.cli.review;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The workspace as it was when the sandbox started, kept in {@code review/} of the sandbox's state
 * directory: {@code baseline}, a line for each item, and the contents by their hash.
 */
public final class Baseline {
    private static final String LIST = "baseline";
    private final Path directory;
    private final Snapshot snapshot;

    private Baseline(Path directory, Snapshot snapshot) {
        this.directory = directory;
        this.snapshot = snapshot;
    }

    /** Takes and keeps the baseline of a workspace; an earlier one is replaced. */
    public static Baseline take(Path sandboxDirectory, Path workspace) throws IOException {
        Path directory = Files.createDirectories(sandboxDirectory.resolve("review"));
        Snapshot snapshot =
                Snapshot.take(workspace, (hash, content) -> keep(directory, hash, content));
        Path fresh = directory.resolve(LIST + ".new");
        try (BufferedWriter out = Files.newBufferedWriter(fresh)) {
            for (Map.Entry<String, Snapshot.Item> entry : snapshot.items().entrySet()) {
                out.write(line(entry.getKey(), entry.getValue()));
                out.newLine();
            }
        }
        Files.move(fresh, directory.resolve(LIST), StandardCopyOption.ATOMIC_MOVE);
        return new Baseline(directory, snapshot);
    }

    /** The baseline of a sandbox; empty if none was taken. */
    public static Optional<Baseline> load(Path sandboxDirectory) throws IOException {
        Path directory = sandboxDirectory.resolve("review");
        Path list = directory.resolve(LIST);
        if (!Files.exists(list)) {
            return Optional.empty();
        }
        Map<String, Snapshot.Item> items = new TreeMap<>();
        for (String line : Files.readAllLines(list)) {
            String[] field = line.split(" ", -1);
            Snapshot.Item item =
                    switch (field[0]) {
                        case "link" -> new Snapshot.Link(decode(field[2]));
                        case "file" ->
                                new Snapshot.File(
                                        field[2],
                                        Long.parseLong(field[3]),
                                        Boolean.parseBoolean(field[4]));
                        default -> throw new IOException(list + " is damaged: " + line);
                    };
            items.put(decode(field[1]), item);
        }
        return Optional.of(new Baseline(directory, new Snapshot(items)));
    }

    // Paths and link texts may hold any byte but NUL, so they are written in Base64.
    private static String line(String path, Snapshot.Item item) {
        return switch (item) {
            case Snapshot.Link link -> "link " + encode(path) + " " + encode(link.target());
            case Snapshot.File file ->
                    "file "
                            + encode(path)
                            + " "
                            + file.hash()
                            + " "
                            + file.size()
                            + " "
                            + file.executable();
        };
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private static void keep(Path directory, String hash, byte[] content) throws IOException {
        Path file = directory.resolve(hash);
        if (!Files.exists(file)) {
            Path fresh = directory.resolve(hash + ".new");
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** The content of a file at the time, empty for a path that is not in the baseline. */
    byte[] content(String path) throws IOException {
        return snapshot.items().get(path) instanceof Snapshot.File file && !file.hash().isEmpty()
                ? Files.readAllBytes(directory.resolve(file.hash()))
                : new byte[0];
    }
}
