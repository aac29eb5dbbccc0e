package dev.jsbx.cli.branch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;

/** Branch mode as the commands see it: start, bring back, discard. */
public final class Branches {
    private static final int TRIES = 8;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Branches() {}

    /**
     * What {@link #start} made.
     *
     * @param record of the new branch
     * @param workTree the clone's working tree, to share in place of the host's
     * @param leftOut paths with uncommitted changes, which the clone does not have
     */
    public record Started(BranchRecord record, Path workTree, Set<String> leftOut) {}

    /**
     * Gives a sandbox a branch of its own.
     *
     * @param sandboxDirectory the sandbox's state directory, which exists
     * @param workspace a directory in the repository's working tree
     * @param wanted the branch's name, or {@code auto}
     * @throws BranchException if the repository or the name will not do; nothing is left behind
     */
    public static Started start(
            Path sandboxDirectory, String sandbox, String agent, Path workspace, String wanted)
            throws Exception {
        for (int i = 1; ; i++) {
            try (HostRepository host = HostRepository.containing(workspace)) {
                return start(sandboxDirectory, sandbox, agent, host, wanted);
            } catch (MissingObjectException e) {
                if (i == TRIES) {
                    throw e;
                }
                Thread.sleep(PAUSE.multipliedBy(i));
            }
        }
    }

    // JGit looks for an object in the packs first, then among the loose ones: one that git gc, in
    // the background after a large commit, moves from here to there in between is in neither.
    private static Started start(
            Path sandboxDirectory, String sandbox, String agent, HostRepository host, String wanted)
            throws Exception {
        ObjectId head = host.head();
        String branch = BranchName.choose(wanted, sandbox, host.git());
        Set<String> leftOut = host.uncommitted();
        Path clone = BranchRecord.cloneOf(sandboxDirectory);
        try {
            PrivateClone.create(host.git(), clone, branch, head);
            create(host.git(), branch, head, sandbox);
        } catch (Exception e) {
            Trees.delete(clone);
            throw e;
        }
        BranchRecord record =
                new BranchRecord(
                        sandbox, agent, host.gitDirectory(), host.workTree(), branch, head, head);
        record.write(sandboxDirectory);
        return new Started(record, clone, leftOut);
    }

    private static void create(Repository git, String branch, ObjectId head, String sandbox)
            throws IOException {
        RefUpdate update = git.updateRef(Constants.R_HEADS + branch);
        update.setExpectedOldObjectId(ObjectId.zeroId());
        update.setNewObjectId(head);
        update.setRefLogMessage("jsbx: created for sandbox " + sandbox, false);
        if (update.update() != RefUpdate.Result.NEW) {
            throw new BranchException(
                    "branch " + branch + " appeared meanwhile; choose another name");
        }
    }

    /**
     * Brings the sandbox's work to the host; its machine is stopped. Can be called again at any
     * time, also after a call that was cut short.
     *
     * @return one line for the user
     */
    public static String bringBack(Path sandboxDirectory) throws Exception {
        FutureTask<CloneIndex> index = scan(sandboxDirectory);
        try (HostRepository host = HostRepository.at(required(sandboxDirectory).repository())) {
            return line(host, new BranchImport(sandboxDirectory, host, index).run());
        }
    }

    /**
     * Does the same for who only looks at the branch: not again if nothing has run since.
     *
     * @return its record
     */
    public static BranchRecord refresh(Path sandboxDirectory) throws Exception {
        BranchRecord record = required(sandboxDirectory);
        boolean all = BroughtBack.isAll(sandboxDirectory);
        FutureTask<CloneIndex> index = all ? null : scan(sandboxDirectory);
        try (HostRepository host = HostRepository.at(record.repository())) {
            if (all && BranchImport.isOnHost(host, record)) {
                return record;
            }
            index = index == null ? scan(sandboxDirectory) : index;
            return new BranchImport(sandboxDirectory, host, index).run().record();
        }
    }

    private static FutureTask<CloneIndex> scan(Path sandboxDirectory) {
        FutureTask<CloneIndex> index = new FutureTask<>(() -> CloneIndex.open(sandboxDirectory));
        Thread.ofPlatform().name("clone-scan").daemon().start(index);
        return index;
    }

    private static String line(HostRepository host, BranchImport.Result result) throws IOException {
        BranchRecord record = result.record();
        StringBuilder line = new StringBuilder("branch " + record.branch() + ": ");
        int commits = BranchLog.between(host.git(), record.base(), record.tip()).size();
        line.append(commits == 1 ? "1 commit" : commits + " commits");
        if (result.leftoverFiles() > 0) {
            line.append(", the last one of uncommitted work in ")
                    .append(result.leftoverFiles())
                    .append(result.leftoverFiles() == 1 ? " file" : " files");
        }
        result.kept().ifPresent(kept -> line.append("; ").append(kept));
        return line.toString();
    }

    /** The records of all sandboxes that have a branch. */
    public static List<BranchRecord> list(Path sandboxes) throws IOException {
        List<BranchRecord> records = new ArrayList<>();
        if (Files.isDirectory(sandboxes)) {
            try (var directories = Files.newDirectoryStream(sandboxes)) {
                for (Path directory : directories) {
                    BranchRecord.read(directory).ifPresent(records::add);
                }
            }
        }
        return records;
    }

    /**
     * Deletes the branch on the host, the clone and what else is kept of it.
     *
     * @throws BranchException if the branch is checked out
     */
    public static void discard(Path sandboxDirectory) throws IOException {
        BranchRecord record = required(sandboxDirectory);
        try (HostRepository host = HostRepository.at(record.repository())) {
            if (record.ref().equals(host.git().getFullBranch())) {
                throw new BranchException(
                        "branch "
                                + record.branch()
                                + " is checked out in "
                                + record.workTree()
                                + "; git switch to another one first");
            }
            delete(host.git(), record.ref());
            for (Ref ref :
                    host.git()
                            .getRefDatabase()
                            .getRefsByPrefix("refs/sandboxes/" + record.sandbox() + "/")) {
                delete(host.git(), ref.getName());
            }
        }
        Trees.delete(BranchRecord.cloneOf(sandboxDirectory));
        Trees.delete(BranchRecord.quarantineOf(sandboxDirectory));
        CloneIndexFile.delete(sandboxDirectory);
        BroughtBack.delete(sandboxDirectory);
        for (String name : List.of("import-running", "import.lock", "branch.properties")) {
            Files.deleteIfExists(sandboxDirectory.resolve(name));
        }
    }

    private static void delete(Repository git, String ref) throws IOException {
        RefUpdate update = git.updateRef(ref);
        update.setForceUpdate(true);
        RefUpdate.Result result = update.delete();
        if (result == RefUpdate.Result.LOCK_FAILURE) {
            throw new BranchException("ref " + ref + " is locked by another git; try again");
        }
    }

    private static BranchRecord required(Path sandboxDirectory) throws IOException {
        return BranchRecord.read(sandboxDirectory)
                .orElseThrow(
                        () ->
                                new BranchException(
                                        "sandbox "
                                                + sandboxDirectory.getFileName()
                                                + " has no branch; it was not started with"
                                                + " --branch"));
    }
}
