package dev.jsbx.cli.copy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Unpacks an archive that a guest made below one directory of the host. Files belong to whoever
 * runs jsbx; permission bits come along without set-uid, set-gid and sticky.
 */
public final class TarExtractor {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_DEPTH = 128;
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ, PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ
    };

    private final Path root;
    private final String rename;
    private final byte[] buffer = new byte[BUFFER];

    private TarExtractor(Path root, String rename) {
        this.root = root;
        this.rename = rename;
    }

    /**
     * Unpacks an archive whose names all begin with one same name.
     *
     * @param archive read to its end
     * @param directory where it goes; exists
     * @param rename what the first name becomes; null to keep it
     * @throws CopyException naming the entry that is refused, or what could not be written; what
     *     was written before it stays
     */
    public static void extract(InputStream archive, Path directory, String rename)
            throws IOException {
        new TarExtractor(directory, rename).extract(archive);
    }

    private void extract(InputStream archive) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
                List<String> names = names(e.getName());
                if (!names.isEmpty()) {
                    entry(e, names, tar);
                }
            }
            archive.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (FileSystemException e) {
            throw new CopyException("cannot write " + e.getFile() + ": " + reason(e), e);
        }
    }

    private static String reason(FileSystemException e) {
        return switch (e) {
            case NotDirectoryException n -> "a file or link is in the way";
            case DirectoryNotEmptyException n -> "a directory is in the way";
            case FileAlreadyExistsException n -> "a file is in the way";
            default -> {
                String text = e.getReason() == null ? e.toString() : e.getReason();
                // ELOOP, which O_NOFOLLOW gives for a link.
                yield text.contains("symbolic link") ? "a file or link is in the way" : text;
            }
        };
    }

    private List<String> names(String path) {
        if (path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw refused(path, "its name is absolute");
        }
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                throw refused(path, "its name leaves the destination");
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        if (names.size() > MAX_DEPTH) {
            throw refused(path, "it lies over " + MAX_DEPTH + " directories deep");
        }
        if (rename != null && !names.isEmpty()) {
            names.set(0, rename);
        }
        return names;
    }

    private static CopyException refused(String path, String why) {
        return new CopyException("the guest's entry \"" + path + "\" is refused: " + why);
    }

    private void entry(TarArchiveEntry e, List<String> names, InputStream content)
            throws IOException {
        if (!e.isDirectory() && !e.isSymbolicLink() && !e.isLink() && !isRegular(e)) {
            throw refused(e.getName(), "it is no file, directory or link");
        }
        Path name = Path.of(names.getLast());
        within(
                names.subList(0, names.size() - 1),
                directory -> {
                    if (e.isDirectory()) {
                        makeDirectory(directory, names, e);
                    } else if (e.isSymbolicLink()) {
                        symbolicLink(directory, names, e.getLinkName());
                    } else if (e.isLink()) {
                        hardLink(directory, name, e);
                    } else {
                        file(directory, name, e, content);
                    }
                });
    }

    // TarArchiveEntry.isFile() is also true of devices and pipes.
    private static boolean isRegular(TarArchiveEntry e) {
        byte type = e.getLinkFlag();
        return type == TarConstants.LF_NORMAL
                || type == TarConstants.LF_OLDNORM
                || type == TarConstants.LF_CONTIG;
    }

    private interface InDirectory {
        void run(SecureDirectoryStream<Path> directory) throws IOException;
    }

    // Opens one directory after the other, none through a link; missing ones are made.
    private void within(List<String> path, InDirectory work) throws IOException {
        try (DirectoryStream<Path> start = Files.newDirectoryStream(root)) {
            descend((SecureDirectoryStream<Path>) start, root, path, work);
        }
    }

    private static void descend(
            SecureDirectoryStream<Path> directory, Path at, List<String> path, InDirectory work)
            throws IOException {
        if (path.isEmpty()) {
            work.run(directory);
            return;
        }
        Path name = Path.of(path.getFirst());
        Path next = at.resolve(name);
        if (!exists(directory, name)) {
            makeBelow(directory, at, name);
        }
        try (SecureDirectoryStream<Path> below =
                directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            descend(below, next, path.subList(1, path.size()), work);
        }
    }

    private static boolean exists(SecureDirectoryStream<Path> directory, Path name)
            throws IOException {
        try {
            view(directory, name).readAttributes();
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static BasicFileAttributeView view(SecureDirectoryStream<Path> directory, Path name) {
        return directory.getFileAttributeView(
                name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    // java.nio has no mkdirat: the directory is made elsewhere and moved in by descriptor.
    private static void makeBelow(SecureDirectoryStream<Path> directory, Path at, Path name)
            throws IOException {
        Path draft = Files.createTempDirectory("jsbx-copy");
        try {
            Path stage = Files.createDirectory(draft.resolve("d"));
            try (DirectoryStream<Path> from = Files.newDirectoryStream(draft)) {
                ((SecureDirectoryStream<Path>) from).move(stage.getFileName(), directory, name);
            } catch (FileSystemException otherFileSystem) {
                Files.createDirectory(at.resolve(name));
                requireHere(directory, name);
            }
        } finally {
            Files.deleteIfExists(draft.resolve("d"));
            Files.deleteIfExists(draft);
        }
    }

    // Made by path after all: it counts only if it appeared in the directory that is open.
    private static void requireHere(SecureDirectoryStream<Path> directory, Path name)
            throws IOException {
        if (!exists(directory, name)) {
            throw new CopyException(name + " was moved away meanwhile");
        }
    }

    private void makeDirectory(
            SecureDirectoryStream<Path> directory, List<String> names, TarArchiveEntry e)
            throws IOException {
        Path name = Path.of(names.getLast());
        if (!exists(directory, name)) {
            Path at = root;
            for (String each : names.subList(0, names.size() - 1)) {
                at = at.resolve(each);
            }
            makeBelow(directory, at, name);
        }
        // Its owner may always enter and write, or the rest of the archive could not follow.
        permissions(directory, name, e.getMode() | 0700);
    }

    private void file(
            SecureDirectoryStream<Path> directory,
            Path name,
            TarArchiveEntry e,
            InputStream content)
            throws IOException {
        remove(directory, name);
        try (SeekableByteChannel out =
                directory.newByteChannel(
                        name,
                        Set.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
        }
        permissions(directory, name, e.getMode());
        FileTime time = e.getLastModifiedTime();
        view(directory, name).setTimes(time, time, null);
    }

    private static void permissions(SecureDirectoryStream<Path> directory, Path name, int mode)
            throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS.length; bit++) {
            if ((mode & 1 << bit) != 0) {
                permissions.add(BITS[bit]);
            }
        }
        directory
                .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setPermissions(permissions);
    }

    // A link is only text, wherever it points; what it points to is never touched here. java.nio
    // has
    // no symlinkat, so it is made beside and moved in.
    private void symbolicLink(
            SecureDirectoryStream<Path> directory, List<String> names, String target)
            throws IOException {
        Path name = Path.of(names.getLast());
        remove(directory, name);
        Path draft = Files.createTempDirectory(root, ".jsbx-copy");
        try (DirectoryStream<Path> from = Files.newDirectoryStream(draft)) {
            Path link = Files.createSymbolicLink(draft.resolve("l"), Path.of(target));
            ((SecureDirectoryStream<Path>) from).move(link.getFileName(), directory, name);
        } finally {
            Files.deleteIfExists(draft.resolve("l"));
            Files.deleteIfExists(draft);
        }
    }

    // A second name would need a walk to the first that nobody can change; a copy needs none.
    private void hardLink(SecureDirectoryStream<Path> directory, Path name, TarArchiveEntry e)
            throws IOException {
        List<String> first = names(e.getLinkName());
        if (first.isEmpty()) {
            throw refused(e.getName(), "it is a link to nothing");
        }
        Path source = Path.of(first.getLast());
        within(
                first.subList(0, first.size() - 1),
                from -> {
                    PosixFileAttributeView view =
                            from.getFileAttributeView(
                                    source,
                                    PosixFileAttributeView.class,
                                    LinkOption.NOFOLLOW_LINKS);
                    if (!view.readAttributes().isRegularFile()) {
                        throw refused(e.getName(), "it is a link to what is no file");
                    }
                    try (SeekableByteChannel in =
                            from.newByteChannel(
                                    source,
                                    Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                        file(directory, name, e, java.nio.channels.Channels.newInputStream(in));
                    }
                });
    }

    private static void remove(SecureDirectoryStream<Path> directory, Path name)
            throws IOException {
        if (!exists(directory, name)) {
            return;
        }
        if (view(directory, name).readAttributes().isDirectory()) {
            throw new FileAlreadyExistsException(
                    name.toString(), null, "a directory is in the way");
        }
        directory.deleteFile(name);
    }
}
