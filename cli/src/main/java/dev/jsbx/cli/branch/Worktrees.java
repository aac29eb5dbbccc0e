package dev.jsbx.cli.branch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/** The linked worktrees of a repository (gitrepository-layout, {@code worktrees/}). */
final class Worktrees {
    private Worktrees() {}

    /** The HEAD files of all worktrees but the given one's own. */
    static List<Path> heads(Repository git) throws IOException {
        Path own = git.getDirectory().toPath().toRealPath();
        Path common = git.getCommonDirectory().toPath().toRealPath();
        List<Path> heads = new ArrayList<>();
        if (!own.equals(common)) {
            heads.add(common.resolve(Constants.HEAD));
        }
        Path linked = common.resolve("worktrees");
        if (Files.isDirectory(linked)) {
            try (var directories = Files.newDirectoryStream(linked)) {
                for (Path directory : directories) {
                    Path head = directory.resolve(Constants.HEAD);
                    if (!directory.equals(own) && Files.isRegularFile(head)) {
                        heads.add(head);
                    }
                }
            }
        }
        return heads;
    }
}
