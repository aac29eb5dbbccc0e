package dev.jsbx.cli.branch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/** The commits of a branch. */
public final class BranchLog {
    private BranchLog() {}

    /** Commits reachable from {@code tip} and not from {@code base}, newest first. */
    public static List<RevCommit> between(Repository git, ObjectId base, ObjectId tip)
            throws IOException {
        List<RevCommit> commits = new ArrayList<>();
        try (RevWalk walk = new RevWalk(git)) {
            walk.markStart(walk.parseCommit(tip));
            walk.markUninteresting(walk.parseCommit(base));
            for (RevCommit commit : walk) {
                commits.add(commit);
            }
        }
        return commits;
    }
}
