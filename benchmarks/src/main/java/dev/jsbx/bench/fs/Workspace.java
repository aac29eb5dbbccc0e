package dev.jsbx.bench.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two directories of the same content on one file system. */
record Workspace(Path root) implements AutoCloseable {
    private static final int REPOSITORY_FILES = 5000;
    private static final int TAR_FILES = 4000;
    private static final int TAR_FILE_BYTES = 12 << 10;

    /** Where npm is installed; what is beneath is copied into the guest. */
    static final Path NPM_HOME = Path.of("/usr/lib/node_modules/npm");

    /** Whether the row of npm can be measured. */
    static final boolean NPM = Files.isDirectory(NPM_HOME) && Row.wanted("npm");

    /**
     * In memory, so that the servers are measured and not the disk: ext4, for one, looks for long
     * for an inode number in a group of which many were freed a moment ago.
     */
    private static final Path PARENT =
            Path.of(System.getProperty("jsbx.bench.directory", "/dev/shm"));

    static Workspace make() throws IOException, InterruptedException {
        Path root = Files.createTempDirectory(PARENT, "jsbx-fs-bench");
        Workspace workspace = new Workspace(root);
        Path first = Files.createDirectory(workspace.ours());
        fill(first.resolve("repo"), REPOSITORY_FILES, 200);
        run(first.resolve("repo"), "git", "init", "-q");
        run(first.resolve("repo"), "git", "add", ".");
        run(
                first.resolve("repo"),
                "git",
                "-c",
                "user.name=n",
                "-c",
                "user.email=e",
                "commit",
                "-qm",
                "m");
        fill(root.resolve("payload"), TAR_FILES, TAR_FILE_BYTES);
        run(root, "tar", "-cf", first.resolve("payload.tar").toString(), "payload");
        if (NPM) {
            project(root, first);
        }
        run(root, "cp", "-a", first.toString(), workspace.theirs().toString());
        return workspace;
    }

    /** A project of some sixty packages, and a cache that has them all. */
    private static void project(Path root, Path first) throws IOException, InterruptedException {
        Path project = Files.createDirectory(first.resolve("project"));
        Files.writeString(
                project.resolve("package.json"),
                "{\"name\": \"p\", \"private\": true, \"dependencies\": {\"express\": \"4.21.2\"}}");
        // With the packages' addresses, by which npm finds them in its cache.
        String addresses = "--omit-lockfile-registry-resolved=false";
        run(project, "npm", "install", addresses, "--cache", "../npm-cache", "--no-audit", "-s");
        run(project, "rm", "-r", "node_modules");
        run(root, "tar", "-C", first.toString(), "-cf", first + "/npm.tar", "npm-cache");
        run(root, "rm", "-r", first + "/npm-cache");
    }

    private static void fill(Path directory, int files, int bytes) throws IOException {
        String content =
                IntStream.range(0, bytes / 10)
                        .mapToObj("%09d\n"::formatted)
                        .collect(Collectors.joining());
        for (int i = 0; i < files; i++) {
            Path parent = Files.createDirectories(directory.resolve("d" + i / 500 + "/e" + i / 50));
            Files.writeString(parent.resolve("f" + i), i + "\n" + content);
        }
    }

    private static void run(Path directory, String... command)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    Path ours() {
        return root.resolve("a");
    }

    Path theirs() {
        return root.resolve("b");
    }

    Path socket(String name) {
        return root.resolve(name + ".sock");
    }

    @Override
    public void close() throws IOException {
        try {
            run(Path.of("/"), "rm", "-rf", root.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
