package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A directory of the host, or a single file, that a sandbox sees at the same absolute path, or a
 * copy of one in its place.
 *
 * @param path in the guest; absolute, without symbolic links
 * @param source what is shared: the path itself, or what stands in for it
 */
public record Workspace(Path path, boolean readOnly, Path source) {
    // Mounted there, the host's files would stand in for the guest's own system.
    private static final Set<String> SYSTEM =
            Set.of(
                    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32",
                    "/proc", "/run", "/sbin", "/sys", "/usr", "/var");

    /**
     * A directory that may be shared, in which commands may start.
     *
     * @throws Failure naming it and why it may not
     */
    public static Workspace of(String path, boolean readOnly) {
        Path real = real(path);
        if (!Files.isDirectory(real)) {
            throw Failure.own("the workspace " + path + " is not a directory: name one that is");
        }
        if (real.getNameCount() == 0) {
            throw Failure.own(
                    "the workspace is /, all of this host: change to a project directory");
        }
        Path top = real.getRoot().resolve(real.getName(0));
        boolean kernels = Set.of("/proc", "/sys", "/dev").contains(top.toString());
        if (kernels || SYSTEM.contains(real.toString())) {
            throw Failure.own(
                    "the workspace "
                            + real
                            + " would hide the guest's own system: change to a project directory");
        }
        if (!Files.isReadable(real) || !Files.isExecutable(real)) {
            throw Failure.own("the workspace " + real + " cannot be read: check its permissions");
        }
        return new Workspace(real, readOnly, real);
    }

    private static Path real(String path) {
        try {
            return Path.of(path).toRealPath();
        } catch (IOException e) {
            throw Failure.own(
                    "the workspace " + path + " does not exist: change to a project directory");
        }
    }

    private static Workspace file(Path real, boolean readOnly) {
        if (SYSTEM.contains(real.getParent().toString())) {
            throw Failure.own(
                    "the file " + real + " would hide the guest's own: share a copy of it");
        }
        if (!Files.isReadable(real)) {
            throw Failure.own("the file " + real + " cannot be read: check its permissions");
        }
        return new Workspace(real, readOnly, real);
    }

    /** Whether it is a single file. */
    public boolean isFile() {
        return Files.isRegularFile(source);
    }

    /** As {@link #parse} takes it. */
    public String text() {
        return readOnly ? path + ":ro" : path.toString();
    }

    /** {@code PATH} or {@code PATH:ro}, of a directory or a file. */
    public static Workspace parse(String text) {
        boolean readOnly = text.endsWith(":ro");
        boolean marked = readOnly || text.endsWith(":rw");
        String path = marked ? text.substring(0, text.length() - ":ro".length()) : text;
        Path real = real(path);
        return Files.isRegularFile(real) ? file(real, readOnly) : of(path, readOnly);
    }
}
