package dev.jsbx.cli.branch;

import dev.jsbx.cli.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * {@code brought-back} in a sandbox's state directory: which run of its machine was the last when
 * all work was brought back. As long as none has followed, who only looks at the branch need not
 * look through the clone. Who could lose work looks all the same.
 */
final class BroughtBack {
    private static final String NAME = "brought-back";

    private BroughtBack() {}

    /** The last run of a sandbox's machine; empty if it still goes on, or there was none. */
    static OptionalLong lastRun(Path sandboxDirectory) {
        return Sandbox.at(sandboxDirectory).lastRun();
    }

    /**
     * Remembers that all work was brought back.
     *
     * @param run the last one before the clone was read
     */
    static void write(Path sandboxDirectory, OptionalLong run) throws IOException {
        if (run.isPresent()) {
            Files.writeString(file(sandboxDirectory), String.valueOf(run.getAsLong()));
        } else {
            delete(sandboxDirectory);
        }
    }

    /** Whether nothing has run since all work was brought back. */
    static boolean isAll(Path sandboxDirectory) throws IOException {
        Path file = file(sandboxDirectory);
        if (!Files.exists(file)) {
            return false;
        }
        OptionalLong last = lastRun(sandboxDirectory);
        return last.isPresent() && Files.readString(file).equals(String.valueOf(last.getAsLong()));
    }

    static void delete(Path sandboxDirectory) throws IOException {
        Files.deleteIfExists(file(sandboxDirectory));
    }

    private static Path file(Path sandboxDirectory) {
        return sandboxDirectory.resolve(NAME);
    }
}
