package dev.jsbx.image.initramfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * Writes an initramfs: a cpio archive in the "newc" format. The same content gives the same bytes:
 * no times, owners all root, inodes by order.
 */
public final class Initramfs {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CpioArchiveOutputStream archive =
            new CpioArchiveOutputStream(
                    bytes, CpioConstants.FORMAT_NEW, BLOCK, StandardCharsets.UTF_8.name());
    private final Set<String> directories = new HashSet<>();
    private long inode = 1;

    /**
     * Adds a directory that only root may write to, and those above it.
     *
     * @param path without a leading slash
     */
    public void directory(String path) throws IOException {
        directory(path, 0755, 0);
    }

    /**
     * The same with other permissions or another owner, unless the directory is there already.
     *
     * @param mode permission bits, sticky bit included
     * @param owner the user's and the group's number
     */
    public void directory(String path, int mode, int owner) throws IOException {
        if (path.isEmpty() || !directories.add(path)) {
            return;
        }
        parents(path);
        CpioArchiveEntry entry = entry(path, CpioConstants.C_ISDIR | mode, 0);
        entry.setNumberOfLinks(2);
        entry.setUID(owner);
        entry.setGID(owner);
        put(entry, new byte[0]);
    }

    /**
     * Adds a regular file.
     *
     * @param mode permission bits
     */
    public void file(String path, int mode, byte[] content) throws IOException {
        parents(path);
        put(entry(path, CpioConstants.C_ISREG | mode, content.length), content);
    }

    /** Adds a symbolic link with the text {@code target}. */
    public void link(String path, String target) throws IOException {
        parents(path);
        byte[] text = target.getBytes(StandardCharsets.UTF_8);
        put(entry(path, CpioConstants.C_ISLNK | 0777, text.length), text);
    }

    private void parents(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directory(path.substring(0, slash));
        }
    }

    private CpioArchiveEntry entry(String path, int mode, long size) {
        CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path);
        entry.setMode(mode);
        entry.setSize(size);
        entry.setInode(inode++);
        entry.setNumberOfLinks(1);
        entry.setTime(0);
        return entry;
    }

    private void put(CpioArchiveEntry entry, byte[] content) throws IOException {
        archive.putArchiveEntry(entry);
        archive.write(content);
        archive.closeArchiveEntry();
    }

    /** Ends the archive and returns it. */
    public byte[] finish() throws IOException {
        archive.finish();
        return bytes.toByteArray();
    }
}
