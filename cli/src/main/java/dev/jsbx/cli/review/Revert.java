package dev.jsbx.cli.review;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Puts one path of a workspace back to its baseline: the old content, or away if it was not there.
 * Each directory on the way is opened without following links, so a prepared link leads nowhere.
 */
public final class Revert {
    private Revert() {}

    /**
     * Reverts one path.
     *
     * @param path relative to the workspace, as a {@link Finding} names it
     * @throws IllegalArgumentException if the path is not one that review looks at
     * @throws IOException naming the file that stood in the way
     */
    public static void path(Baseline baseline, Path workspace, String path) throws IOException {
        Snapshot.Item then = baseline.snapshot().items().get(path);
        if (then instanceof Snapshot.File file && file.hash().isEmpty()
                || then instanceof Snapshot.Link) {
            throw new IllegalArgumentException(
                    path + " was there before, and its old content was not kept");
        }
        Path relative = Path.of(path).normalize();
        if (relative.isAbsolute() || relative.startsWith("..") || path.isEmpty()) {
            throw new IllegalArgumentException(path + " is not a path within the workspace");
        }
        try (DirectoryStream<Path> root = Files.newDirectoryStream(workspace)) {
            in(
                    (SecureDirectoryStream<Path>) root,
                    relative,
                    directory -> {
                        Path name = relative.getFileName();
                        delete(directory, name);
                        if (then instanceof Snapshot.File file) {
                            write(directory, name, baseline.content(path), file.executable());
                        }
                    });
        }
    }

    private interface InDirectory {
        void run(SecureDirectoryStream<Path> directory) throws IOException;
    }

    private static void in(SecureDirectoryStream<Path> at, Path path, InDirectory work)
            throws IOException {
        if (path.getNameCount() == 1) {
            work.run(at);
            return;
        }
        try (SecureDirectoryStream<Path> below =
                at.newDirectoryStream(path.getName(0), LinkOption.NOFOLLOW_LINKS)) {
            in(below, path.subpath(1, path.getNameCount()), work);
        }
    }

    private static void delete(SecureDirectoryStream<Path> directory, Path name)
            throws IOException {
        try {
            directory.deleteFile(name);
        } catch (NoSuchFileException e) {
            // It is gone already.
        }
    }

    private static void write(
            SecureDirectoryStream<Path> directory, Path name, byte[] content, boolean executable)
            throws IOException {
        String permissions = executable ? "rwxr-xr-x" : "rw-r--r--";
        try (SeekableByteChannel channel =
                directory.newByteChannel(
                        name,
                        Set.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString(permissions)))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
