package dev.jsbx.cli.branch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.CoreConfig.EolStreamType;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.AbstractTreeIterator;
import org.eclipse.jgit.treewalk.FileTreeIterator;
import org.eclipse.jgit.treewalk.FileTreeIterator.NoGitlinksStrategy;
import org.eclipse.jgit.treewalk.NameConflictTreeWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.TreeWalk.OperationType;
import org.eclipse.jgit.treewalk.WorkingTreeOptions;
import org.eclipse.jgit.util.io.EolStreamTypeUtil;

/**
 * Turns uncommitted work of a private clone into a commit, as {@code git add --all} and {@code git
 * commit} would, but from the files alone: the clone's own index, config and nested repositories
 * play no part. Ignored files stay out, symbolic links are taken as links, and what is neither
 * file, link nor directory is passed over.
 */
final class Leftovers {
    /** All files of one such commit together may not be larger, in bytes. */
    static final long MAX_TOTAL = 2L << 30;

    private final Repository quarantine;
    private final RevCommit head;
    private final CloneIndex index;
    private final ObjectChecker names = new ObjectChecker().setSafeForMacOS(true);
    private long total;
    private int changed;

    private Leftovers(Repository quarantine, RevCommit head, CloneIndex index) {
        this.quarantine = quarantine;
        this.head = head;
        this.index = index;
    }

    /**
     * A commit of the leftovers.
     *
     * @param id the commit
     * @param files how many paths differ from its parent
     */
    record Commit(ObjectId id, int files) {}

    /**
     * Commits what the working tree holds beyond {@code head}. Called within {@link
     * IsolatedConfig}.
     *
     * @param draft the commit without tree and parent
     * @param earlier a commit to take instead if it has the same tree and parent, so that asking
     *     twice makes one commit
     * @param index tells which files are known; is told of all that are found
     * @return empty if there is nothing
     * @throws BranchException if a name could not be checked out elsewhere, or it is too much
     */
    static Optional<Commit> commit(
            Repository quarantine,
            ObjectId head,
            CommitBuilder draft,
            ObjectId earlier,
            CloneIndex index)
            throws IOException {
        try (RevWalk walk = new RevWalk(quarantine);
                ObjectInserter inserter = quarantine.newObjectInserter()) {
            Leftovers leftovers = new Leftovers(quarantine, walk.parseCommit(head), index);
            ObjectId tree = leftovers.tree(inserter);
            if (tree.equals(leftovers.head.getTree())) {
                return Optional.empty();
            }
            ObjectId id = earlier;
            if (!isCommitOf(walk.parseCommit(earlier), tree, leftovers.head)) {
                draft.setTreeId(tree);
                draft.setParentId(head);
                id = inserter.insert(draft);
            }
            inserter.flush();
            return Optional.of(new Commit(id, leftovers.changed));
        }
    }

    private static boolean isCommitOf(RevCommit commit, ObjectId tree, RevCommit parent) {
        return commit.getTree().equals(tree)
                && commit.getParentCount() == 1
                && commit.getParent(0).equals(parent);
    }

    private ObjectId tree(ObjectInserter inserter) throws IOException {
        DirCache index = DirCache.newInCore();
        DirCacheBuilder builder = index.builder();
        try (NameConflictTreeWalk walk = new NameConflictTreeWalk(quarantine)) {
            walk.setOperationType(OperationType.CHECKIN_OP);
            walk.addTree(head.getTree());
            FileTreeIterator files =
                    new FileTreeIterator(
                            quarantine.getWorkTree(),
                            new PlainFiles(),
                            quarantine.getConfig().get(WorkingTreeOptions.KEY),
                            NoGitlinksStrategy.INSTANCE);
            walk.addTree(files);
            while (walk.next()) {
                visit(walk, builder, inserter);
            }
        }
        builder.finish();
        return index.writeTree(inserter);
    }

    private void visit(TreeWalk walk, DirCacheBuilder builder, ObjectInserter inserter)
            throws IOException {
        AbstractTreeIterator before = walk.getTree(0, AbstractTreeIterator.class);
        FileTreeIterator now = walk.getTree(1, FileTreeIterator.class);
        if (before != null && walk.getFileMode(0) == FileMode.GITLINK) {
            // A submodule's commit is taken from the submodule, not from here.
            builder.add(entry(walk, FileMode.GITLINK, walk.getObjectId(0)));
            return;
        }
        if (now == null || before == null && now.isEntryIgnored()) {
            if (now == null) {
                changed++;
            }
            return;
        }
        if (walk.getFileMode(1) == FileMode.TREE) {
            walk.enterSubtree();
            return;
        }
        add(walk, now, builder, inserter);
    }

    private void add(
            TreeWalk walk, FileTreeIterator file, DirCacheBuilder builder, ObjectInserter inserter)
            throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(
                        file.getEntryFile().toPath(),
                        BasicFileAttributes.class,
                        LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile() && !attributes.isSymbolicLink()) {
            return;
        }
        requireGoodName(walk.getPathString());
        total += attributes.size();
        if (total > MAX_TOTAL) {
            throw new BranchException(
                    "uncommitted files of the sandbox are over "
                            + (MAX_TOTAL >> 30)
                            + " GiB; delete what is not wanted in "
                            + quarantine.getWorkTree());
        }
        FileMode mode = file.getEntryFileMode();
        ObjectId id = insert(walk, file, mode, inserter);
        if (!id.equals(walk.getObjectId(0)) || mode != walk.getFileMode(0)) {
            changed++;
        }
        builder.add(entry(walk, mode, id));
    }

    private void requireGoodName(String path) {
        try {
            names.checkPath(path);
        } catch (CorruptObjectException e) {
            throw new BranchException("the sandbox's file is refused: " + e.getMessage(), e);
        }
    }

    // Filters play no part, but line ends do: their attributes are data, and git compares by them.
    private ObjectId insert(
            TreeWalk walk, FileTreeIterator file, FileMode mode, ObjectInserter inserter)
            throws IOException {
        EolStreamType ends =
                mode == FileMode.SYMLINK
                        ? EolStreamType.DIRECT
                        : walk.getEolStreamType(OperationType.CHECKIN_OP);
        if (ends == EolStreamType.AUTO_LF && hadCarriageReturns(walk)) {
            ends = EolStreamType.DIRECT; // as git leaves a file that was committed so
        }
        byte[] path = walk.getRawPath();
        Optional<ObjectId> known = index.blob(path, ends).filter(id -> isKept(walk, id));
        ObjectId id = known.isPresent() ? known.get() : insert(file, ends, inserter);
        index.put(path, ends, id);
        return id;
    }

    private boolean isKept(TreeWalk walk, ObjectId blob) {
        try {
            return blob.equals(walk.getObjectId(0)) || quarantine.getObjectDatabase().has(blob);
        } catch (IOException e) {
            return false;
        }
    }

    private static ObjectId insert(
            FileTreeIterator file, EolStreamType ends, ObjectInserter inserter) throws IOException {
        long length = file.getEntryContentLength();
        if (ends != EolStreamType.DIRECT) {
            try (InputStream content = content(file, ends)) {
                length = content.transferTo(OutputStream.nullOutputStream());
            }
        }
        try (InputStream content = content(file, ends)) {
            return inserter.insert(Constants.OBJ_BLOB, length, content);
        }
    }

    private static InputStream content(FileTreeIterator file, EolStreamType ends)
            throws IOException {
        return EolStreamTypeUtil.wrapInputStream(file.openEntryStream(), ends);
    }

    private boolean hadCarriageReturns(TreeWalk walk) throws IOException {
        if ((walk.getRawMode(0) & FileMode.TYPE_MASK) != FileMode.TYPE_FILE) {
            return false;
        }
        try (InputStream before = quarantine.open(walk.getObjectId(0)).openStream()) {
            return RawText.isCrLfText(before);
        }
    }

    private static DirCacheEntry entry(TreeWalk walk, FileMode mode, ObjectId id) {
        DirCacheEntry entry = new DirCacheEntry(walk.getRawPath());
        entry.setFileMode(mode);
        entry.setObjectId(id);
        return entry;
    }
}
