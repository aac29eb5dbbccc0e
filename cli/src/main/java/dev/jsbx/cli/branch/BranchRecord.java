package dev.jsbx.cli.branch;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.eclipse.jgit.lib.ObjectId;

/**
 * What jsbx remembers of a sandbox's branch, kept as {@code branch.properties} in the sandbox's
 * state directory.
 *
 * @param sandbox the sandbox's name
 * @param agent what worked there, for the author line of leftovers
 * @param repository the host repository's git directory
 * @param workTree the host repository's working tree, which is also the path inside the guest
 * @param branch short name, such as {@code fix-bugs}
 * @param base the commit that the branch started from
 * @param tip the commit that jsbx last wrote to the branch on the host
 */
public record BranchRecord(
        String sandbox,
        String agent,
        Path repository,
        Path workTree,
        String branch,
        ObjectId base,
        ObjectId tip) {
    private static final String FILE = "branch.properties";

    /** The directory of the private clone within a sandbox's state directory. */
    public static Path cloneOf(Path sandboxDirectory) {
        return sandboxDirectory.resolve("clone");
    }

    /** The quarantine within a sandbox's state directory. */
    static Path quarantineOf(Path sandboxDirectory) {
        return sandboxDirectory.resolve("quarantine.git");
    }

    /** The full ref name on the host. */
    public String ref() {
        return "refs/heads/" + branch;
    }

    BranchRecord withTip(ObjectId commit) {
        return new BranchRecord(sandbox, agent, repository, workTree, branch, base, commit);
    }

    /** The record of a sandbox; empty if it does not work on a branch of its own. */
    public static Optional<BranchRecord> read(Path sandboxDirectory) throws IOException {
        Path file = sandboxDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties p = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            p.load(reader);
        }
        try {
            return Optional.of(
                    new BranchRecord(
                            p.getProperty("sandbox"),
                            p.getProperty("agent"),
                            Path.of(p.getProperty("repository")),
                            Path.of(p.getProperty("workTree")),
                            p.getProperty("branch"),
                            ObjectId.fromString(p.getProperty("base")),
                            ObjectId.fromString(p.getProperty("tip"))));
        } catch (RuntimeException e) {
            throw new BranchException(
                    file + " is damaged; the clone beside it still holds the work", e);
        }
    }

    /** Writes the record so that a reader sees the old one or the new one, never a part. */
    public void write(Path sandboxDirectory) throws IOException {
        Properties p = new Properties();
        p.setProperty("sandbox", sandbox);
        p.setProperty("agent", agent);
        p.setProperty("repository", repository.toString());
        p.setProperty("workTree", workTree.toString());
        p.setProperty("branch", branch);
        p.setProperty("base", base.name());
        p.setProperty("tip", tip.name());
        Path fresh = sandboxDirectory.resolve(FILE + ".new");
        try (Writer writer = Files.newBufferedWriter(fresh)) {
            p.store(writer, null);
        }
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, sandboxDirectory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
