package dev.jsbx.cli.branch;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.Status;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.errors.CheckoutConflictException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.merge.MergeStrategy;
import org.eclipse.jgit.merge.ResolveMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Merges a sandbox's branch into one of the user's. The merge is worked out in memory first: with
 * conflicts, nothing has changed.
 */
public final class BranchMerge {
    private static final int LISTED = 20;

    private final Repository git;
    private final BranchRecord record;
    private final String into;
    private final boolean squash;

    private BranchMerge(Repository git, BranchRecord record, String into, boolean squash) {
        this.git = git;
        this.record = record;
        this.into = into;
        this.squash = squash;
    }

    /**
     * Merges.
     *
     * @param into short name of the receiving branch; null for the one that is checked out
     * @param squash one new commit in place of a merge
     * @return one line for the user
     * @throws BranchException naming conflicting files, a dirty tree or a missing branch
     */
    public static String merge(
            HostRepository host, BranchRecord record, String into, boolean squash)
            throws IOException {
        Repository git = host.git();
        String full = git.getFullBranch();
        boolean detached = full == null || !full.startsWith(Constants.R_HEADS);
        if (into == null && detached) {
            throw new BranchException(
                    "HEAD is detached in " + host.workTree() + "; name a branch with --into");
        }
        String target = into != null ? into : full.substring(Constants.R_HEADS.length());
        return new BranchMerge(git, record, target, squash).run();
    }

    private String run() throws IOException {
        ObjectId ours = commit(Constants.R_HEADS + into);
        ObjectId theirs = commit(record.ref());
        if (into.equals(record.branch())) {
            throw new BranchException(into + " cannot be merged into itself; use --into");
        }
        boolean checkedOut = (Constants.R_HEADS + into).equals(git.getFullBranch());
        if (checkedOut) {
            requireClean();
        } else {
            refuseIfInAnotherWorktree();
        }
        try (RevWalk walk = new RevWalk(git)) {
            RevCommit our = walk.parseCommit(ours);
            RevCommit their = walk.parseCommit(theirs);
            if (walk.isMergedInto(their, our)) {
                return into + " already holds " + record.branch();
            }
            boolean forward = !squash && walk.isMergedInto(our, their);
            ObjectId result = forward ? theirs : mergeCommit(our, their);
            if (checkedOut) {
                checkOut(our, walk.parseCommit(result));
            }
            move(ours, result);
            return (squash ? "squashed " : forward ? "fast-forwarded " : "merged ")
                    + (squash
                            ? record.branch() + " into " + into
                            : forward
                                    ? into + " to " + record.branch()
                                    : record.branch() + " into " + into)
                    + " ("
                    + result.abbreviate(10).name()
                    + ")";
        }
    }

    private ObjectId commit(String ref) throws IOException {
        Ref found = git.exactRef(ref);
        if (found == null) {
            throw new BranchException(
                    "there is no branch "
                            + ref.substring(Constants.R_HEADS.length())
                            + "; git branch lists them");
        }
        return found.getObjectId();
    }

    private void requireClean() {
        try (Git porcelain = Git.wrap(git)) {
            Status status = porcelain.status().call();
            Set<String> dirty = status.getUncommittedChanges();
            if (!dirty.isEmpty()) {
                throw new BranchException(
                        "the working tree has uncommitted changes ("
                                + list(dirty.stream().sorted().toList())
                                + "); commit or stash them first");
            }
        } catch (GitAPIException e) {
            throw new BranchException("status of " + git.getWorkTree() + ": " + e.getMessage(), e);
        }
    }

    private void refuseIfInAnotherWorktree() throws IOException {
        for (java.nio.file.Path head : Worktrees.heads(git)) {
            if (java.nio.file.Files.readString(head).strip().equals("ref: refs/heads/" + into)) {
                throw new BranchException(
                        into + " is checked out in another worktree; merge from there");
            }
        }
    }

    private ObjectId mergeCommit(RevCommit our, RevCommit their) throws IOException {
        ResolveMerger merger = (ResolveMerger) MergeStrategy.RECURSIVE.newMerger(git, true);
        if (!merger.merge(our, their)) {
            throw new BranchException(
                    "conflicts in "
                            + list(merger.getUnmergedPaths())
                            + "; nothing was changed, git merge "
                            + record.branch()
                            + " starts the same merge for you to resolve");
        }
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(merger.getResultTreeId());
        commit.setParentIds(squash ? List.of(our) : List.of(our, their));
        PersonIdent user = new PersonIdent(git);
        commit.setAuthor(user);
        commit.setCommitter(user);
        commit.setMessage(squash ? squashMessage(our, their) : mergeMessage());
        try (ObjectInserter inserter = git.newObjectInserter()) {
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            return id;
        }
    }

    private String mergeMessage() {
        return "Merge branch '" + record.branch() + "' of sandbox " + record.sandbox() + "\n";
    }

    private String squashMessage(RevCommit our, RevCommit their) throws IOException {
        StringBuilder text =
                new StringBuilder("Work of " + record.agent() + " on " + record.branch() + "\n\n");
        for (RevCommit commit : BranchLog.between(git, our, their).reversed()) {
            text.append("* ").append(commit.getShortMessage()).append('\n');
        }
        return text.toString();
    }

    private void checkOut(RevCommit from, RevCommit to) throws IOException {
        try {
            DirCacheCheckout checkout =
                    new DirCacheCheckout(git, from.getTree(), git.lockDirCache(), to.getTree());
            checkout.setFailOnConflict(true);
            checkout.checkout();
        } catch (CheckoutConflictException e) {
            throw new BranchException(
                    "files in the way: "
                            + list(List.of(e.getConflictingFiles()))
                            + "; nothing was changed, move them away and merge again",
                    e);
        }
    }

    private void move(ObjectId from, ObjectId to) throws IOException {
        RefUpdate update = git.updateRef(Constants.R_HEADS + into);
        update.setExpectedOldObjectId(from);
        update.setNewObjectId(to);
        update.setRefLogMessage("jsbx: merge " + record.branch(), false);
        switch (update.update()) {
            case FAST_FORWARD, NO_CHANGE -> {}
            default ->
                    throw new BranchException(
                            into + " was moved by somebody else meanwhile; merge again");
        }
    }

    private static String list(List<String> paths) {
        String shown = String.join(", ", paths.subList(0, Math.min(LISTED, paths.size())));
        return paths.size() > LISTED ? shown + " and " + (paths.size() - LISTED) + " more" : shown;
    }
}
