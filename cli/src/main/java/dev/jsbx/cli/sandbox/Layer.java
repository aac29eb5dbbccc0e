package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Something installed on top of an image's root file system: a read-only disk that any number of
 * sandboxes share. A sandbox keeps those it was made with, whatever is installed later.
 *
 * @param file of the host, never changed
 * @param type of file system, such as {@code erofs}
 * @param directory on that disk whose content goes over the root; empty for all of it
 */
public record Layer(Path file, String type, String directory) {
    private static final String FILE = "layers";

    /** A whole EROFS image. */
    public static Layer erofs(Path file) {
        return new Layer(file, "erofs", "");
    }

    /** What a guest wrote to a disk of {@link UpperDisk}. */
    public static Layer upper(Path file) {
        return new Layer(file, "ext4", "data");
    }

    /**
     * Writes down what a new sandbox is made with; the caller holds its setup lock.
     *
     * @param layers the lowest first
     */
    public static void write(Sandbox sandbox, List<Layer> layers) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Layer layer : layers) {
            text.append(layer.type)
                    .append('\t')
                    .append(layer.directory)
                    .append('\t')
                    .append(layer.file)
                    .append('\n');
        }
        WholeFile.write(sandbox.directory().resolve(FILE), text.toString());
    }

    /**
     * What a sandbox was made with, the lowest first.
     *
     * @throws Failure if the list cannot be read, or names a file that is gone
     */
    public static List<Layer> of(Sandbox sandbox) {
        Path list = sandbox.directory().resolve(FILE);
        if (!Files.exists(list)) {
            return List.of();
        }
        List<Layer> layers = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(list)) {
                String[] fields = line.split("\t", 3);
                Layer layer = new Layer(Path.of(fields[2]), fields[0], fields[1]);
                if (!Files.exists(layer.file)) {
                    throw Failure.own(
                            layer.file
                                    + ", which "
                                    + sandbox.name()
                                    + " was made with, is gone: remove the sandbox and make it"
                                    + " anew");
                }
                layers.add(layer);
            }
        } catch (IOException | ArrayIndexOutOfBoundsException e) {
            throw Failure.own(list + " cannot be read: remove the sandbox and make it anew", e);
        }
        return layers;
    }
}
