package dev.jsbx.cli.branch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.patch.FileHeader;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.io.DisabledOutputStream;

/** What a branch changed, from its base to its tip; no external diff program is ever run. */
public final class BranchDiff {
    /** Of an id in an index line: two of a million objects share as many about once. */
    private static final int ID_DIGITS = 10;

    private BranchDiff() {}

    /**
     * One changed file.
     *
     * @param path where it is now, or was if it is deleted; a rename reads {@code old => new}
     * @param added lines
     * @param removed lines
     * @param binary whether it has no lines to count
     */
    public record Change(String path, int added, int removed, boolean binary) {}

    /** Writes the whole difference as {@code git diff} does. */
    public static void patch(Repository git, ObjectId base, ObjectId tip, OutputStream out)
            throws IOException {
        try (ObjectReader reader = new ShortIds(git.newObjectReader());
                DiffFormatter formatter = new DiffFormatter(out)) {
            formatter.setAbbreviationLength(ID_DIGITS);
            formatter.format(scan(formatter, git, reader, base, tip));
        }
    }

    /** Counts lines by file. */
    public static List<Change> changes(Repository git, ObjectId base, ObjectId tip)
            throws IOException {
        try (ObjectReader reader = git.newObjectReader();
                DiffFormatter formatter = new DiffFormatter(DisabledOutputStream.INSTANCE)) {
            List<Change> changes = new ArrayList<>();
            for (DiffEntry entry : scan(formatter, git, reader, base, tip)) {
                changes.add(change(formatter, entry));
            }
            return changes;
        }
    }

    private static Change change(DiffFormatter formatter, DiffEntry entry) throws IOException {
        FileHeader header = formatter.toFileHeader(entry);
        int added = 0;
        int removed = 0;
        for (Edit edit : header.toEditList()) {
            added += edit.getLengthB();
            removed += edit.getLengthA();
        }
        boolean binary = header.getPatchType() != FileHeader.PatchType.UNIFIED;
        return new Change(path(entry), added, removed, binary);
    }

    private static String path(DiffEntry entry) {
        return switch (entry.getChangeType()) {
            case DELETE -> entry.getOldPath();
            case RENAME, COPY -> entry.getOldPath() + " => " + entry.getNewPath();
            case ADD, MODIFY -> entry.getNewPath();
        };
    }

    private static List<DiffEntry> scan(
            DiffFormatter formatter,
            Repository git,
            ObjectReader reader,
            ObjectId base,
            ObjectId tip)
            throws IOException {
        formatter.setReader(reader, git.getConfig());
        formatter.setDetectRenames(true);
        try (RevWalk walk = new RevWalk(reader)) {
            CanonicalTreeParser before =
                    new CanonicalTreeParser(null, reader, walk.parseCommit(base).getTree());
            CanonicalTreeParser after =
                    new CanonicalTreeParser(null, reader, walk.parseCommit(tip).getTree());
            return formatter.scan(before, after);
        }
    }

    /**
     * Cuts ids to a length that is enough, instead of looking for the next id of each in the
     * repository.
     */
    private static final class ShortIds extends ObjectReader.Filter {
        private final ObjectReader reader;

        ShortIds(ObjectReader reader) {
            this.reader = reader;
        }

        @Override
        protected ObjectReader delegate() {
            return reader;
        }

        @Override
        public AbbreviatedObjectId abbreviate(AnyObjectId id, int digits) {
            return id.abbreviate(digits);
        }
    }
}
