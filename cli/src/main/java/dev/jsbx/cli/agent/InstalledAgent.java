package dev.jsbx.cli.agent;

import dev.jsbx.cli.sandbox.Layer;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * An agent that is ready for sandboxes, as {@code NAME.properties} has it.
 *
 * @param recipe of what it was made from; another one means that it is out of date
 * @param packages of npm with their versions, as {@code name@version}
 * @param layers the lowest first
 */
public record InstalledAgent(
        String name, String recipe, Instant created, List<String> packages, List<Layer> layers) {

    /** What its files take on the disk, in bytes; a sparse file's holes take nothing. */
    public long size() {
        return layers.stream()
                .mapToLong(layer -> dev.jsbx.vmm.linux.Files.allocated(layer.file()))
                .sum();
    }

    static Path file(Path directory, String name) {
        return directory.resolve(name + ".properties");
    }

    /** Reads it; empty if there is none, or one that is damaged or lacks a file. */
    static Optional<InstalledAgent> read(Path directory, String name) {
        Properties p = new Properties();
        try (Reader in = Files.newBufferedReader(file(directory, name))) {
            p.load(in);
            List<Layer> layers = new ArrayList<>();
            for (String layer : words(p, "layers")) {
                Path file = directory.resolve(layer);
                if (!Files.exists(file)) {
                    return Optional.empty();
                }
                layers.add(layer.endsWith(".erofs") ? Layer.erofs(file) : Layer.upper(file));
            }
            return Optional.of(
                    new InstalledAgent(
                            name,
                            p.getProperty("recipe", ""),
                            Instant.parse(p.getProperty("created", "")),
                            words(p, "packages"),
                            layers));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static List<String> words(Properties p, String key) {
        String text = p.getProperty(key, "");
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** Writes it; from then on there is this one and no other. */
    void write(Path directory) throws IOException {
        Properties p = new Properties();
        p.setProperty("recipe", recipe);
        p.setProperty("created", created.toString());
        p.setProperty("packages", String.join(" ", packages));
        p.setProperty(
                "layers",
                String.join(
                        " ", layers.stream().map(l -> l.file().getFileName().toString()).toList()));
        Path fresh = directory.resolve(name + ".new");
        try (Writer out = Files.newBufferedWriter(fresh)) {
            p.store(out, null);
        }
        Files.move(fresh, file(directory, name), StandardCopyOption.ATOMIC_MOVE);
    }
}
