package dev.jsbx.cli.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that others see as they were or as they will be, and never half written. */
final class WholeFile {
    private WholeFile() {}

    /**
     * Replaces what a file says; for one writer at a time.
     *
     * @throws IOException if it cannot be written; then it says what it said
     */
    static void write(Path file, String text) throws IOException {
        Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
