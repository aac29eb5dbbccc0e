package dev.jsbx.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** apt's lists of packages: a machine whose lists are old would get old kernels. */
public final class AptLists {
    private static final Path LISTS = Path.of("/var/lib/apt/lists");
    private static final Duration FRESH = Duration.ofDays(1);

    private AptLists() {}

    /**
     * Has apt fetch its lists anew if they are older than a day and root asks. Where that fails,
     * apt still offers what it knows of.
     */
    public static void refresh(Path scratch, Progress progress) throws IOException {
        if (!Requirements.canInstall() || isFresh(LISTS) || isFresh(LISTS.resolve("partial"))) {
            return;
        }
        progress.step("fetching apt's lists");
        try {
            HostProgram.run(scratch, List.of("apt-get", "-qq", "update"));
        } catch (ImageException e) {
            progress.step(e.getMessage());
        }
    }

    // apt downloads to a directory of its own and renames: their times tell of its last update.
    private static boolean isFresh(Path directory) {
        try {
            Instant changed = Files.getLastModifiedTime(directory).toInstant();
            return changed.isAfter(Instant.now().minus(FRESH));
        } catch (IOException e) {
            return false;
        }
    }
}
