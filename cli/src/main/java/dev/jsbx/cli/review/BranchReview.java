package dev.jsbx.cli.review;

import dev.jsbx.cli.review.Finding.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.util.io.DisabledOutputStream;

/** The same review for a branch: its tip against its base, from the repository's objects. */
public final class BranchReview {
    private static final byte[] NOTHING = {};

    private BranchReview() {}

    /** What the branch changed and may run on the host once it is checked out, by path. */
    public static List<Finding> compare(Repository git, ObjectId base, ObjectId tip)
            throws IOException {
        List<Finding> findings = new ArrayList<>();
        try (DiffFormatter formatter = new DiffFormatter(DisabledOutputStream.INSTANCE);
                RevWalk walk = new RevWalk(git)) {
            formatter.setRepository(git);
            formatter.setDetectRenames(false);
            for (DiffEntry entry :
                    formatter.scan(
                            walk.parseCommit(base).getTree(), walk.parseCommit(tip).getTree())) {
                finding(git, entry).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static Optional<Finding> finding(Repository git, DiffEntry entry) throws IOException {
        boolean deleted = entry.getChangeType() == DiffEntry.ChangeType.DELETE;
        String path = deleted ? entry.getOldPath() : entry.getNewPath();
        Change change =
                switch (entry.getChangeType()) {
                    case ADD, COPY -> Change.ADDED;
                    case DELETE -> Change.DELETED;
                    case MODIFY, RENAME -> Change.CHANGED;
                };
        byte[] before = content(git, entry.getOldId().toObjectId(), entry.getOldMode());
        byte[] after = content(git, entry.getNewId().toObjectId(), entry.getNewMode());
        if (entry.getNewMode() == FileMode.SYMLINK) {
            String target = new String(after, java.nio.charset.StandardCharsets.UTF_8);
            Path root = git.getWorkTree().toPath();
            if (Snapshot.leavesRoot(root, path, target)) {
                String reason = "it leads out of the workspace, to " + target;
                return Optional.of(new Finding(path, change, reason, NOTHING, NOTHING));
            }
            return Optional.empty();
        }
        Optional<String> risk = Risks.of(path);
        if (risk.isPresent()) {
            return Optional.of(new Finding(path, change, risk.get(), before, after));
        }
        boolean becameExecutable =
                entry.getNewMode() == FileMode.EXECUTABLE_FILE
                        && entry.getOldMode() != FileMode.EXECUTABLE_FILE;
        return becameExecutable
                ? Optional.of(new Finding(path, change, "it is executable", NOTHING, NOTHING))
                : Optional.empty();
    }

    private static byte[] content(Repository git, ObjectId id, FileMode mode) throws IOException {
        if (ObjectId.zeroId().equals(id) || mode == FileMode.GITLINK) {
            return NOTHING;
        }
        try (var stream = git.open(id).openStream()) {
            return stream.readNBytes(TreeScan.MAX_CONTENT);
        }
    }
}
