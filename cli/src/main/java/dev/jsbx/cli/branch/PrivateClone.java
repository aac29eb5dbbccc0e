package dev.jsbx.cli.branch;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * Makes the copy of a repository that a sandbox works in: all branches, tags and remote branches of
 * the original, checked out on a new branch, sharing no file with it. A shallow original gives an
 * equally shallow copy.
 */
final class PrivateClone {
    /** The one pack that jsbx writes; the guest may replace it. */
    static final String PACK = "pack-" + "0".repeat(Constants.OBJECT_ID_STRING_LENGTH);

    private static final String[] COPIED_REFS = {
        Constants.R_HEADS, Constants.R_TAGS, Constants.R_REMOTES
    };

    private final Repository original;
    private final Path directory;

    private PrivateClone(Repository original, Path directory) {
        this.original = original;
        this.directory = directory;
    }

    /**
     * Copies a repository.
     *
     * @param directory does not exist yet; becomes the working tree
     * @param branch the new branch
     * @param start where it starts
     */
    static void create(Repository original, Path directory, String branch, ObjectId start)
            throws Exception {
        new PrivateClone(original, directory).create(branch, start);
    }

    private void create(String branch, ObjectId start) throws Exception {
        PersonIdent user = new PersonIdent(original);
        Map<String, String> remotes = Remotes.of(original.getConfig());
        Map<String, ObjectId> refs = refs();
        IsolatedConfig.call(
                () -> {
                    try (Repository clone = init()) {
                        copyObjects(clone, refs, start);
                        writeRefs(clone, refs, branch, start);
                        configure(clone.getConfig(), user, remotes);
                        checkOut(clone, start);
                    }
                    return null;
                });
    }

    private Repository init() throws IOException {
        Files.createDirectories(directory);
        Repository clone =
                new FileRepositoryBuilder()
                        .setWorkTree(directory.toFile())
                        .setGitDir(directory.resolve(Constants.DOT_GIT).toFile())
                        .build();
        clone.create();
        return clone;
    }

    private Map<String, ObjectId> refs() throws IOException {
        Map<String, ObjectId> refs = new TreeMap<>();
        for (String prefix : COPIED_REFS) {
            for (Ref ref : original.getRefDatabase().getRefsByPrefix(prefix)) {
                if (ref.getObjectId() != null && !ref.isSymbolic()) {
                    refs.put(ref.getName(), ref.getObjectId());
                }
            }
        }
        return refs;
    }

    private void copyObjects(Repository clone, Map<String, ObjectId> refs, ObjectId start)
            throws IOException {
        Set<ObjectId> wanted = new HashSet<>(refs.values());
        wanted.add(start);
        Set<ObjectId> shallow = original.getObjectDatabase().getShallowCommits();
        Path packs = packDirectory(clone);
        Files.createDirectories(packs);
        try (PackWriter writer = new PackWriter(original)) {
            writer.setDeltaBaseAsOffset(true);
            writer.preparePack(NullProgressMonitor.INSTANCE, wanted, Set.of());
            try (OutputStream pack = stream(packs.resolve(PACK + ".pack"))) {
                writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, pack);
            }
            try (OutputStream index = stream(packs.resolve(PACK + ".idx"))) {
                writer.writeIndex(index);
            }
        }
        if (!shallow.isEmpty()) {
            List<String> lines = new ArrayList<>();
            shallow.forEach(id -> lines.add(id.name()));
            Files.write(clone.getDirectory().toPath().resolve("shallow"), lines);
        }
    }

    private static Path packDirectory(Repository clone) {
        return ((FileRepository) clone).getObjectDatabase().getPackDirectory().toPath();
    }

    private static OutputStream stream(Path file) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    private void writeRefs(
            Repository clone, Map<String, ObjectId> refs, String branch, ObjectId start)
            throws IOException {
        refs.put(Constants.R_HEADS + branch, start);
        StringBuilder packed = new StringBuilder("# pack-refs with: sorted\n");
        refs.forEach((name, id) -> packed.append(id.name()).append(' ').append(name).append('\n'));
        Path git = clone.getDirectory().toPath();
        Files.writeString(git.resolve(Constants.PACKED_REFS), packed, StandardCharsets.UTF_8);
        Files.writeString(git.resolve(Constants.HEAD), "ref: " + Constants.R_HEADS + branch + "\n");
    }

    private static void configure(
            StoredConfig config, PersonIdent user, Map<String, String> remotes) throws IOException {
        config.setString("user", null, "name", user.getName());
        config.setString("user", null, "email", user.getEmailAddress());
        remotes.forEach(
                (name, url) -> {
                    config.setString("remote", name, "url", url);
                    config.setString(
                            "remote", name, "fetch", "+refs/heads/*:refs/remotes/" + name + "/*");
                });
        config.save();
    }

    private void checkOut(Repository clone, ObjectId start) throws IOException {
        requireNames(clone, start);
        try (RevWalk walk = new RevWalk(clone)) {
            DirCacheCheckout checkout =
                    new DirCacheCheckout(
                            clone, clone.lockDirCache(), walk.parseCommit(start).getTree());
            checkout.setFailOnConflict(true);
            checkout.checkout();
        }
    }

    // Java can make no file of another name: it would come back as a renamed one.
    private static void requireNames(Repository clone, ObjectId start) throws IOException {
        try (RevWalk commits = new RevWalk(clone);
                TreeWalk files = new TreeWalk(clone)) {
            files.addTree(commits.parseCommit(start).getTree());
            files.setRecursive(true);
            while (files.next()) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(files.getRawPath()));
                } catch (CharacterCodingException e) {
                    throw new BranchException(
                            "the name of "
                                    + files.getPathString()
                                    + " is no UTF-8; rename it and commit, then use --branch",
                            e);
                }
            }
        }
    }
}
