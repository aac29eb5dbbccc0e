package dev.jsbx.cli.engine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Programs of the host. */
public final class Programs {
    private Programs() {}

    /** Where on PATH a program is. */
    public static Optional<Path> find(String name) {
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(File.pathSeparator)) {
            Path program = Path.of(directory, name);
            if (directory.startsWith("/") && Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }
}
