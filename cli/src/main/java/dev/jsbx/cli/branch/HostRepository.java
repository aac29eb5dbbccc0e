package dev.jsbx.cli.branch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.Status;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** The user's own repository, opened with the user's own config, as {@code git} would. */
public final class HostRepository implements AutoCloseable {
    static {
        HostConfig.use();
    }

    private final Repository repository;

    private HostRepository(Repository repository) {
        this.repository = repository;
    }

    /**
     * Opens the repository that a directory belongs to.
     *
     * @throws BranchException if there is none, it is bare, or it has no commit yet
     */
    public static HostRepository containing(Path directory) {
        FileRepositoryBuilder builder =
                new FileRepositoryBuilder().readEnvironment().findGitDir(directory.toFile());
        if (builder.getGitDir() == null) {
            if (isBare(directory)) {
                throw new BranchException(
                        directory
                                + " is a bare repository, which has no working tree to share;"
                                + " clone it and run there");
            }
            throw new BranchException(
                    directory
                            + " is not in a git repository; run git init there, or leave out --branch");
        }
        try {
            Repository repository = builder.build();
            HostRepository host = new HostRepository(repository);
            if (repository.isBare()) {
                host.close();
                throw new BranchException(
                        directory
                                + " is a bare repository, which has no working tree to share;"
                                + " clone it and run there");
            }
            return host;
        } catch (IOException e) {
            throw new BranchException(
                    builder.getGitDir() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a repository whose git directory is known.
     *
     * @throws BranchException if it is gone or unreadable
     */
    public static HostRepository at(Path gitDirectory) {
        try {
            return new HostRepository(
                    new FileRepositoryBuilder()
                            .setGitDir(gitDirectory.toFile())
                            .setMustExist(true)
                            .build());
        } catch (IOException e) {
            throw new BranchException(
                    "repository " + gitDirectory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private static boolean isBare(Path directory) {
        File head = directory.resolve(Constants.HEAD).toFile();
        return head.isFile() && directory.resolve(Constants.OBJECTS).toFile().isDirectory();
    }

    public Repository git() {
        return repository;
    }

    public Path gitDirectory() {
        return repository.getDirectory().toPath();
    }

    public Path workTree() {
        return repository.getWorkTree().toPath();
    }

    /**
     * The commit that HEAD stands on, on a branch or detached.
     *
     * @throws BranchException before the first commit
     */
    public ObjectId head() throws IOException {
        ObjectId head = repository.resolve(Constants.HEAD + "^{commit}");
        if (head == null) {
            throw new BranchException(
                    workTree() + " has no commit yet; make one first, then use --branch");
        }
        return head;
    }

    /** Paths that differ from HEAD or are untracked, and so are not in a clone of HEAD. */
    public Set<String> uncommitted() throws IOException {
        try (Git git = Git.wrap(repository)) {
            Status status = git.status().call();
            Set<String> paths = new TreeSet<>(status.getUncommittedChanges());
            paths.addAll(status.getUntracked());
            return paths;
        } catch (JGitInternalException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e;
        } catch (GitAPIException e) {
            throw new BranchException("status of " + workTree() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        repository.close();
    }
}
