package dev.jsbx.cli.branch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.eclipse.jgit.treewalk.FileTreeIterator.FileEntry;
import org.eclipse.jgit.treewalk.FileTreeIterator.FileModeStrategy;
import org.eclipse.jgit.treewalk.WorkingTreeIterator.Entry;
import org.eclipse.jgit.util.FS_POSIX;

/**
 * A file system without pipes, sockets and devices. JGit would open a pipe that is named {@code
 * .gitignore} to read it, and wait for a writer for ever.
 */
final class PlainFiles extends FS_POSIX {
    /** What Java reads bytes as that are no UTF-8. */
    private static final char NO_CHARACTER = '\uFFFD';

    @Override
    public Entry[] list(File directory, FileModeStrategy strategy) {
        return Arrays.stream(super.list(directory, strategy))
                .filter(entry -> isPlain(((FileEntry) entry).getFile()))
                .toArray(Entry[]::new);
    }

    private static boolean isPlain(File file) {
        try {
            return !Files.readAttributes(
                            file.toPath(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        } catch (IOException e) {
            // It is gone, or its name is not what it was read as.
            if (file.getName().indexOf(NO_CHARACTER) >= 0) {
                throw new BranchException(
                        "the name of a file in "
                                + file.getParent()
                                + " is no UTF-8: rename it there, then try again",
                        e);
            }
            return false;
        }
    }
}
