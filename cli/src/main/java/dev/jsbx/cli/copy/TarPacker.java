package dev.jsbx.cli.copy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Packs a file or tree of the host for a guest: regular files, directories and symbolic links, with
 * their permission bits and times. Everything belongs to one user of the guest.
 */
public final class TarPacker {
    private final TarArchiveOutputStream tar;
    private final int owner;

    private TarPacker(TarArchiveOutputStream tar, int owner) {
        this.tar = tar;
        this.owner = owner;
    }

    /**
     * Packs.
     *
     * @param source a file or directory
     * @param name what it is called in the archive
     * @param follow whether links are replaced by what they point to
     * @param owner user and group number in the guest
     * @param out gets the whole archive; is not closed
     */
    public static void pack(Path source, String name, boolean follow, int owner, OutputStream out)
            throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        new TarPacker(tar, owner).tree(source, name, follow);
        tar.finish();
        out.flush();
    }

    private void tree(Path source, String name, boolean follow) throws IOException {
        Set<FileVisitOption> options = follow ? EnumSet.of(FileVisitOption.FOLLOW_LINKS) : Set.of();
        Files.walkFileTree(
                source,
                options,
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a)
                            throws IOException {
                        put(dir, nameOf(dir) + "/", a);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                            throws IOException {
                        put(file, nameOf(file), a);
                        return FileVisitResult.CONTINUE;
                    }

                    private String nameOf(Path path) {
                        String below = source.relativize(path).toString();
                        return below.isEmpty() ? name : name + "/" + below;
                    }
                });
    }

    private void put(Path path, String name, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            link.setLinkName(Files.readSymbolicLink(path).toString());
            write(link, attributes, 0777);
            tar.closeArchiveEntry();
        } else if (attributes.isDirectory()) {
            write(new TarArchiveEntry(name), attributes, mode(path, attributes));
            tar.closeArchiveEntry();
        } else if (attributes.isRegularFile()) {
            file(path, name, attributes);
        }
    }

    private void file(Path path, String name, BasicFileAttributes attributes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(attributes.size());
        write(entry, attributes, mode(path, attributes));
        try (var in = Files.newInputStream(path)) {
            long left = attributes.size();
            byte[] buffer = new byte[1 << 16];
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw new CopyException(path + " became shorter while it was copied");
                }
                tar.write(buffer, 0, n);
                left -= n;
            }
        }
        tar.closeArchiveEntry();
    }

    private void write(TarArchiveEntry entry, BasicFileAttributes attributes, int mode)
            throws IOException {
        entry.setMode(mode);
        entry.setIds(owner, owner);
        entry.setModTime(attributes.lastModifiedTime());
        tar.putArchiveEntry(entry);
    }

    private static int mode(Path path, BasicFileAttributes attributes) throws IOException {
        Set<PosixFilePermission> permissions =
                attributes instanceof PosixFileAttributes posix
                        ? posix.permissions()
                        : Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        int mode = 0;
        for (PosixFilePermission permission : permissions) {
            mode |= 0400 >> permission.ordinal();
        }
        return mode;
    }
}
