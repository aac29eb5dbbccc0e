package dev.jsbx.cli.branch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.GitmoduleEntry;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;

/**
 * A bare repository of our own between a private clone and the host repository. It borrows the
 * host's objects as an alternate and holds only what came from the sandbox, every object hashed and
 * checked when it arrives.
 */
final class Quarantine implements AutoCloseable {
    /** No object from a sandbox may be larger, in bytes. */
    static final long MAX_OBJECT = 128L << 20;

    /** Nor all that are taken at once, inflated, in bytes; a minute or two of work. */
    private static final long MAX_TOTAL = 32L << 30;

    private final Repository repository;
    private final Collection<ObjectId> hostTips;

    private Quarantine(Repository repository, Collection<ObjectId> hostTips) {
        this.repository = repository;
        this.hostTips = hostTips;
    }

    /**
     * Opens the quarantine, creating it at first use. Called within {@link IsolatedConfig}.
     *
     * @param workTree the clone's working tree, for {@link Leftovers}
     * @param hostTips commits that are complete on the host
     */
    static Quarantine open(
            Path directory, Path workTree, Repository host, Collection<ObjectId> hostTips)
            throws IOException {
        Repository repository =
                new FileRepositoryBuilder()
                        .setGitDir(directory.toFile())
                        .setWorkTree(workTree.toFile())
                        .setIndexFile(directory.resolve("index").toFile())
                        .build();
        if (!Files.exists(directory.resolve(Constants.HEAD))) {
            repository.create(true);
            File objects = ((FileRepository) host).getObjectDatabase().getDirectory();
            Files.writeString(
                    directory.resolve("objects/info/alternates"),
                    objects.getCanonicalPath() + "\n");
            repository.close();
            repository =
                    new FileRepositoryBuilder()
                            .setGitDir(directory.toFile())
                            .setWorkTree(workTree.toFile())
                            .setIndexFile(directory.resolve("index").toFile())
                            .build();
        }
        Set<ObjectId> shallow = host.getObjectDatabase().getShallowCommits();
        if (!shallow.isEmpty()) {
            repository.getObjectDatabase().setShallowCommits(shallow);
        }
        return new Quarantine(repository, hostTips);
    }

    Repository git() {
        return repository;
    }

    /**
     * Takes over what the clone holds beyond the host.
     *
     * @param needed tips that must be complete afterwards
     * @param index tells which of the clone's files have been taken before
     * @throws BranchException if an object is malformed, too large or missing
     */
    void take(CloneReader clone, Collection<ObjectId> needed, CloneIndex index) throws IOException {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            ObjectChecker checker = new ObjectBudget(MAX_TOTAL);
            clone.looseObjects(
                    path -> !index.isUnchanged(path),
                    (name, bytes) -> LooseObject.insert(name, bytes, inserter, checker));
            inserter.flush();
            List<String> ours = new ArrayList<>();
            for (String pack : clone.packs()) {
                if (pack.equals(PrivateClone.PACK + ".pack")) {
                    ours.add(pack);
                } else if (!index.isUnchanged(CloneReader.pathOfPack(pack))) {
                    clone.pack(pack, (name, bytes) -> parse(name, bytes, inserter, checker));
                }
            }
            // The pack that jsbx wrote holds the host's own objects, unless the guest replaced it:
            // it is only read when something is missing without it.
            if (!ours.isEmpty() && !complete(needed)) {
                for (String pack : ours) {
                    clone.pack(pack, (name, bytes) -> parse(name, bytes, inserter, checker));
                }
            }
            validateModules(checker);
        }
        requireComplete(needed);
        requireBounds(needed);
    }

    private void requireBounds(Collection<ObjectId> tips) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            TreeBounds bounds = new TreeBounds(walk.getObjectReader());
            for (ObjectId tip : tips) {
                if (walk.parseAny(tip) instanceof RevCommit commit) {
                    bounds.require(commit.getTree());
                }
            }
        }
    }

    private static void parse(
            String name, InputStream bytes, ObjectInserter inserter, ObjectChecker checker)
            throws IOException {
        PackParser parser = inserter.newPackParser(bytes);
        parser.setAllowThin(false);
        parser.setObjectChecker(checker);
        parser.setMaxObjectSizeLimit(MAX_OBJECT);
        try {
            parser.parse(NullProgressMonitor.INSTANCE);
        } catch (IOException | RuntimeException e) {
            throw new BranchException(
                    "the sandbox's " + name + " is refused: " + e.getMessage(), e);
        }
    }

    private void validateModules(ObjectChecker checker) throws IOException {
        try (ObjectReader reader = repository.newObjectReader()) {
            for (GitmoduleEntry entry : checker.getGitsubmodules()) {
                byte[] bytes =
                        reader.open(entry.getBlobId(), Constants.OBJ_BLOB).getCachedBytes(1 << 20);
                SubmoduleValidator.assertValidGitModulesFile(
                        new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
            }
        } catch (SubmoduleValidator.SubmoduleValidationException e) {
            throw new BranchException("the sandbox's .gitmodules is refused: " + e.getMessage(), e);
        }
    }

    private boolean complete(Collection<ObjectId> tips) throws IOException {
        try {
            walk(tips);
            return true;
        } catch (MissingObjectException e) {
            return false;
        }
    }

    private void requireComplete(Collection<ObjectId> tips) throws IOException {
        try {
            walk(tips);
        } catch (MissingObjectException e) {
            throw new BranchException(
                    "the sandbox's repository is incomplete: " + e.getMessage(), e);
        }
    }

    private void walk(Collection<ObjectId> tips) throws IOException {
        try (ObjectWalk walk = new ObjectWalk(repository)) {
            for (ObjectId tip : tips) {
                RevObject object = walk.parseAny(tip);
                walk.markStart(object);
            }
            for (ObjectId known : hostTips) {
                walk.markUninteresting(walk.parseAny(known));
            }
            walk.checkConnectivity();
        }
    }

    @Override
    public void close() {
        repository.close();
    }
}
