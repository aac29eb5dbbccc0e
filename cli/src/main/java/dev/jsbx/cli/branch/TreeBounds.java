package dev.jsbx.cli.branch;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * How many files a commit has, found without visiting each: ten trees that each hold the next one
 * ten times are ten objects, and ten thousand million files to whoever checks them out.
 */
final class TreeBounds {
    /** More files than the largest repositories have at once. */
    static final long MAX_FILES = 5_000_000;

    /** Directories within each other; git's own limit ({@code core.maxTreeDepth}) is 2048. */
    static final int MAX_DEPTH = 500;

    private final ObjectReader reader;
    private final Map<ObjectId, Long> counted = new HashMap<>();

    TreeBounds(ObjectReader reader) {
        this.reader = reader;
    }

    /**
     * Requires that a commit's files can be gone through.
     *
     * @throws BranchException if they are too many, or too deep
     */
    void require(ObjectId tree) throws IOException {
        long files = count(tree, 0);
        if (files > MAX_FILES) {
            throw new BranchException(
                    "the sandbox's branch is refused: it has over " + MAX_FILES + " files");
        }
    }

    // Saturates at one more than the limit, so that no product overflows.
    private long count(ObjectId tree, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new BranchException(
                    "the sandbox's branch is refused: its directories are over "
                            + MAX_DEPTH
                            + " deep");
        }
        Long known = counted.get(tree);
        if (known != null) {
            return known;
        }
        long files = 0;
        CanonicalTreeParser entries = new CanonicalTreeParser(null, reader, tree);
        for (; !entries.eof(); entries.next()) {
            boolean directory = entries.getEntryFileMode() == FileMode.TREE;
            files += directory ? count(entries.getEntryObjectId(), depth + 1) : 1;
            files = Math.min(files, MAX_FILES + 1);
        }
        counted.put(tree, files);
        return files;
    }
}
