package dev.jsbx.cli.review;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Walks a workspace that a guest may be changing. Only what review looks at is reported: files that
 * are {@link Risks}, executables and symbolic links. Objects of git and of installed packages are
 * not descended into, except for the executables' sake where the host would run them.
 */
final class TreeScan {
    /** Files are read up to this many bytes; of a larger one only size and time are compared. */
    static final int MAX_CONTENT = 1 << 20;

    private static final int MAX_DEPTH = 64;
    private static final Set<String> OF_GIT =
            Set.of("objects", "logs", "refs", "lfs", "rebase-merge");

    /** What the scan finds. */
    interface Visitor {
        /**
         * A file that is a risk, or executable.
         *
         * @param path relative to the workspace
         * @param content the first {@link #MAX_CONTENT} bytes if it is a risk, else null
         */
        void file(String path, PosixFileAttributes attributes, byte[] content) throws IOException;

        /** A symbolic link; {@code target} is its text. */
        void link(String path, String target) throws IOException;
    }

    private final Path root;
    private final Visitor visitor;

    private TreeScan(Path root, Visitor visitor) {
        this.root = root;
        this.visitor = visitor;
    }

    static void scan(Path root, Visitor visitor) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
            new TreeScan(root, visitor).directory((SecureDirectoryStream<Path>) stream, "", 0);
        }
    }

    private void directory(SecureDirectoryStream<Path> directory, String prefix, int depth)
            throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            try {
                visit(directory, name, prefix + name, depth);
            } catch (FileSystemException e) {
                // It went away or changed its kind meanwhile; the next scan sees what it is then.
            }
        }
    }

    private void visit(SecureDirectoryStream<Path> directory, Path name, String path, int depth)
            throws IOException {
        PosixFileAttributes attributes =
                directory
                        .getFileAttributeView(
                                name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes();
        if (attributes.isSymbolicLink()) {
            visitor.link(path, Files.readSymbolicLink(root.resolve(path)).toString());
        } else if (attributes.isDirectory()) {
            if (depth < MAX_DEPTH && !isGitData(path)) {
                try (SecureDirectoryStream<Path> below =
                        directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    directory(below, path + "/", depth + 1);
                }
            }
        } else if (attributes.isRegularFile()) {
            boolean risk = Risks.of(path).isPresent();
            if (risk || executable(attributes)) {
                visitor.file(path, attributes, risk ? read(directory, name) : null);
            }
        }
    }

    private static boolean isGitData(String path) {
        int slash = path.lastIndexOf('/');
        return slash > 0
                && path.substring(0, slash).endsWith(".git")
                && OF_GIT.contains(path.substring(slash + 1));
    }

    static boolean executable(PosixFileAttributes attributes) {
        Set<PosixFilePermission> permissions = attributes.permissions();
        return permissions.contains(PosixFilePermission.OWNER_EXECUTE)
                || permissions.contains(PosixFilePermission.GROUP_EXECUTE)
                || permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
    }

    private static byte[] read(SecureDirectoryStream<Path> directory, Path name)
            throws IOException {
        try (SeekableByteChannel channel =
                        directory.newByteChannel(
                                name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                InputStream in = Channels.newInputStream(channel)) {
            return in.readNBytes(MAX_CONTENT);
        }
    }
}
