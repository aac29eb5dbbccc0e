package dev.jsbx.cli.branch;

import dev.jsbx.cli.branch.CloneListing.Stat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.eclipse.jgit.lib.CoreConfig.EolStreamType;
import org.eclipse.jgit.lib.ObjectId;

/**
 * What a private clone held when its work was last brought back, against what it holds now. As
 * git's index does, it lets the next time read only the files that were changed since; unlike
 * git's, it lies where no guest can write, and believes no time that a guest can set.
 *
 * <p>Not thread-safe; for who holds the import's lock.
 */
final class CloneIndex {
    /**
     * A file's blob.
     *
     * @param ends how its line ends were turned for it
     */
    record Blob(EolStreamType ends, ObjectId id) {}

    private final Path sandboxDirectory;
    private final OptionalLong lastRun;
    private final Optional<CloneIndexFile> last;
    private final Optional<CloneListing> now;
    private final Map<String, Blob> blobs = new HashMap<>();
    private Set<String> unchanged; // made at first use

    private CloneIndex(
            Path sandboxDirectory,
            OptionalLong lastRun,
            Optional<CloneIndexFile> last,
            Optional<CloneListing> now) {
        this.sandboxDirectory = sandboxDirectory;
        this.lastRun = lastRun;
        this.last = last;
        this.now = now;
    }

    /** Compares a sandbox's clone with what was kept of it. */
    static CloneIndex open(Path sandboxDirectory) {
        return new CloneIndex(
                sandboxDirectory,
                BroughtBack.lastRun(sandboxDirectory),
                CloneIndexFile.read(sandboxDirectory),
                CloneScan.of(BranchRecord.cloneOf(sandboxDirectory)));
    }

    /** The last run of the sandbox's machine before this was made. */
    OptionalLong lastRun() {
        return lastRun;
    }

    /**
     * The files of uncommitted work that were found the last time, if all work was brought back
     * then and the clone is still what it was.
     */
    OptionalInt nothingNew() {
        return last.isPresent()
                        && last.get().complete()
                        && now.isPresent()
                        && last.get().listing().holds(now.get())
                ? OptionalInt.of(last.get().leftoverFiles())
                : OptionalInt.empty();
    }

    /**
     * Whether a file is what it was the last time.
     *
     * @param path relative to the clone
     */
    boolean isUnchanged(String path) {
        return unchanged().contains(path);
    }

    /**
     * The blob of a working tree's file that is what it was, if its line ends are treated alike.
     */
    Optional<ObjectId> blob(byte[] path, EolStreamType ends) {
        Blob blob = unchanged().contains(key(path)) ? blobs.get(key(path)) : null;
        return blob != null && blob.ends == ends ? Optional.of(blob.id) : Optional.empty();
    }

    /** Remembers the blob of a file. */
    void put(byte[] path, EolStreamType ends, ObjectId id) {
        blobs.put(key(path), new Blob(ends, id));
    }

    // A name may be any bytes: a char for each of them tells any two apart.
    private static String key(byte[] path) {
        return new String(path, StandardCharsets.ISO_8859_1);
    }

    // Blobs of files that are no longer what they were are forgotten here.
    private Set<String> unchanged() {
        if (unchanged == null) {
            unchanged = new HashSet<>();
            if (last.isPresent() && now.isPresent()) {
                Map<String, Stat> before = new HashMap<>();
                last.get()
                        .listing()
                        .forEach(
                                (path, stat, settled) -> {
                                    if (settled) {
                                        before.put(path, stat);
                                    }
                                });
                now.get()
                        .forEach(
                                (path, stat, settled) -> {
                                    if (stat.isSameAs(before.get(path))) {
                                        unchanged.add(path);
                                    }
                                });
                blobs.putAll(last.get().blobs());
                blobs.keySet().retainAll(unchanged);
            }
        }
        return unchanged;
    }

    /**
     * Keeps all this for the next time.
     *
     * @param complete whether all of the clone's work is where it belongs on the host
     */
    void save(int leftoverFiles, boolean complete) throws IOException {
        if (now.isPresent()) {
            new CloneIndexFile(
                            now.get(),
                            leftoverFiles,
                            complete,
                            CloneIndexFile.encode(now.get(), blobs))
                    .write(sandboxDirectory);
        } else {
            CloneIndexFile.delete(sandboxDirectory);
        }
    }
}
