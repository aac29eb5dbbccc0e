package dev.jsbx.cli.branch;

import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RefSpec;

/**
 * Brings what a sandbox did back to the host repository: commits of its branch, uncommitted work as
 * one more commit, and other branches that it made under {@code refs/sandboxes/NAME/}.
 */
final class BranchImport {
    private static final int TURN_TRIES = 3000;
    private static final long TURN_MILLIS = 20;

    private final Path directory;
    private final HostRepository host;
    private final Future<CloneIndex> listed;
    private BranchRecord record;
    private CloneIndex index;

    /**
     * @param listed the clone's index, of a time after the work to bring back was done
     */
    BranchImport(Path directory, HostRepository host, Future<CloneIndex> listed) {
        this.directory = directory;
        this.host = host;
        this.listed = listed;
    }

    /**
     * What came back.
     *
     * @param record with the branch's new tip
     * @param leftoverFiles files of the commit made of uncommitted work, 0 if there was none
     * @param kept a sentence on work that is not on the branch, and where it is; else empty
     */
    record Result(BranchRecord record, int leftoverFiles, Optional<String> kept) {}

    /** The clone's branches after the import, and the commit made of what was not committed. */
    private record Taken(Map<String, ObjectId> heads, int leftoverFiles) {}

    /** One at a time; what one that was cut short has left in the quarantine is not trusted. */
    Result run() throws Exception {
        Path running = directory.resolve("import-running");
        try (FileLock alone = awaitTurn()) {
            record = BranchRecord.read(directory).orElseThrow();
            if (Files.exists(running)) {
                CloneIndexFile.delete(directory);
                Trees.delete(BranchRecord.quarantineOf(directory));
                index = CloneIndex.open(directory);
            } else {
                index = listed.get();
            }
            OptionalInt leftoverFiles = index.nothingNew();
            if (leftoverFiles.isPresent() && isOnHost(host, record)) {
                BroughtBack.write(directory, index.lastRun());
                return new Result(record, leftoverFiles.getAsInt(), Optional.empty());
            }
            Files.write(running, new byte[0]);
            Result result = importAll();
            boolean complete = result.kept().isEmpty();
            index.save(result.leftoverFiles(), complete);
            BroughtBack.write(directory, complete ? index.lastRun() : OptionalLong.empty());
            Files.delete(running);
            return result;
        }
    }

    /**
     * Whether the host repository has what was brought back. Who deleted its refs under
     * refs/sandboxes may have had the objects collected, too.
     */
    static boolean isOnHost(HostRepository host, BranchRecord record) throws IOException {
        Ref kept = host.git().exactRef(sandboxRef(record, record.ref()));
        return kept != null && record.tip().equals(kept.getObjectId());
    }

    private FileLock awaitTurn() throws InterruptedException {
        for (int i = 0; i < TURN_TRIES; i++) {
            Optional<FileLock> lock = FileLock.tryTake(directory.resolve("import.lock"));
            if (lock.isPresent()) {
                return lock.get();
            }
            Thread.sleep(TURN_MILLIS);
        }
        throw new BranchException(
                "another command has been bringing the work of "
                        + directory.getFileName()
                        + " back for a minute; try again");
    }

    private Result importAll() throws Exception {
        Repository git = host.git();
        PersonIdent user = new PersonIdent(git);
        List<ObjectId> hostTips = new ArrayList<>();
        for (Ref ref : git.getRefDatabase().getRefs()) {
            if (ref.getObjectId() != null) {
                hostTips.add(ref.getObjectId());
            }
        }
        hostTips.add(record.base());
        Taken taken = IsolatedConfig.call(() -> takeInMemory(hostTips, user));
        fetch(taken.heads());
        return publish(taken);
    }

    // Deltas upon deltas of the largest objects that are allowed, for one.
    private Taken takeInMemory(List<ObjectId> hostTips, PersonIdent user) throws Exception {
        try {
            return take(hostTips, user);
        } catch (OutOfMemoryError e) {
            throw new BranchException(
                    "the sandbox's repository is refused: it takes more than "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB of memory to read",
                    e);
        }
    }

    private Taken take(List<ObjectId> hostTips, PersonIdent user) throws Exception {
        CloneReader clone = new CloneReader(BranchRecord.cloneOf(directory));
        Map<String, ObjectId> heads = new TreeMap<>(clone.heads());
        Optional<String> head = clone.head();
        String current = head.orElse(record.ref());
        if (ObjectId.isId(current)) {
            heads.put(Constants.R_HEADS + "detached-HEAD", ObjectId.fromString(current));
            current = Constants.R_HEADS + "detached-HEAD";
        }
        heads.keySet().removeIf(name -> !name.equals(record.ref()) && unchanged(name, heads));
        ObjectId tip = heads.getOrDefault(current, record.tip());
        try (Quarantine quarantine =
                Quarantine.open(
                        BranchRecord.quarantineOf(directory),
                        BranchRecord.cloneOf(directory),
                        host.git(),
                        hostTips)) {
            List<ObjectId> needed = new ArrayList<>(heads.values());
            needed.add(tip);
            quarantine.take(clone, needed, index);
            Optional<Leftovers.Commit> left =
                    Leftovers.commit(quarantine.git(), tip, draft(user), record.tip(), index);
            if (left.isPresent()) {
                heads.put(current, left.get().id());
            }
            for (Map.Entry<String, ObjectId> entry : heads.entrySet()) {
                point(quarantine.git(), entry.getKey(), entry.getValue());
            }
            return new Taken(heads, left.map(Leftovers.Commit::files).orElse(0));
        }
    }

    private boolean unchanged(String name, Map<String, ObjectId> heads) {
        try {
            Ref ours = host.git().exactRef(name);
            return ours != null && ours.getObjectId().equals(heads.get(name));
        } catch (IOException e) {
            throw new BranchException("ref " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private CommitBuilder draft(PersonIdent user) {
        CommitBuilder draft = new CommitBuilder();
        draft.setAuthor(new PersonIdent(record.agent(), record.agent() + "@jsbx.invalid"));
        draft.setCommitter(user);
        draft.setMessage(
                "Keep uncommitted work of "
                        + record.agent()
                        + "\n\nLeft in the working tree of sandbox "
                        + record.sandbox()
                        + " when it ended.\n");
        return draft;
    }

    private static void point(Repository repository, String ref, ObjectId id) throws IOException {
        RefUpdate update = repository.updateRef(ref);
        update.setNewObjectId(id);
        update.setForceUpdate(true);
        update.disableRefLog();
        require(update.update(), ref);
    }

    private static void require(RefUpdate.Result result, String ref) {
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
            default ->
                    throw new BranchException(
                            "ref " + ref + " cannot be written: " + result + "; try again");
        }
    }

    // Only objects are taken from the quarantine here; which ref they go to is decided after.
    private void fetch(Map<String, ObjectId> heads) throws Exception {
        if (heads.isEmpty()) {
            return;
        }
        List<RefSpec> specs =
                heads.keySet().stream()
                        .map(name -> new RefSpec("+" + name + ":" + sandboxRef(name)))
                        .toList();
        try (Git git = Git.wrap(host.git())) {
            Callable<?> fetch =
                    git.fetch()
                            .setRemote(BranchRecord.quarantineOf(directory).toString())
                            .setRefSpecs(specs)
                            .setTagOpt(org.eclipse.jgit.transport.TagOpt.NO_TAGS)
                            .setCheckFetchedObjects(true);
            fetch.call();
        }
    }

    private String sandboxRef(String head) {
        return sandboxRef(record, head);
    }

    private static String sandboxRef(BranchRecord record, String head) {
        return "refs/sandboxes/"
                + record.sandbox()
                + "/"
                + head.substring(Constants.R_HEADS.length());
    }

    private Result publish(Taken taken) throws IOException {
        ObjectId tip = taken.heads().get(record.ref());
        List<String> elsewhere = new ArrayList<>();
        taken.heads().keySet().stream()
                .filter(name -> !name.equals(record.ref()))
                .forEach(name -> elsewhere.add(sandboxRef(name)));
        BranchRecord after = record;
        if (tip != null && !tip.equals(record.tip())) {
            Optional<String> refusal = moveBranch(tip);
            if (refusal.isPresent()) {
                elsewhere.add(sandboxRef(record.ref()) + " (" + refusal.get() + ")");
            } else {
                after = record.withTip(tip);
                after.write(directory);
            }
        }
        Optional<String> kept =
                elsewhere.isEmpty()
                        ? Optional.empty()
                        : Optional.of("further work is in " + String.join(", ", elsewhere));
        return new Result(after, taken.leftoverFiles(), kept);
    }

    // The branch is moved only from where jsbx left it: somebody else's commits on it stay.
    private Optional<String> moveBranch(ObjectId tip) throws IOException {
        Repository git = host.git();
        if (record.ref().equals(git.getFullBranch())) {
            return Optional.of(record.branch() + " is checked out");
        }
        RefUpdate update = git.updateRef(record.ref());
        update.setExpectedOldObjectId(record.tip());
        update.setNewObjectId(tip);
        update.setForceUpdate(true);
        update.setRefLogMessage("jsbx: sandbox " + record.sandbox(), false);
        return switch (update.update()) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> Optional.empty();
            case LOCK_FAILURE -> Optional.of(record.branch() + " was moved on the host meanwhile");
            default -> Optional.of(record.branch() + " could not be moved");
        };
    }
}
