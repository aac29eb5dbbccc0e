package dev.jsbx.image.kernel;

import dev.jsbx.image.ImageException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The files in a Debian package (deb(5)). */
final class DebArchive {
    private static final int BUFFER = 1 << 16;

    private DebArchive() {}

    /** Takes one regular file; the content ends with the call. */
    interface Visitor {
        /**
         * @param path without a leading {@code ./}
         */
        void file(String path, InputStream content) throws IOException;
    }

    /**
     * Reads all regular files of a package.
     *
     * @throws ImageException if it is no package, or cut short
     */
    static void read(Path deb, Visitor visitor) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(deb), BUFFER);
                ArArchiveInputStream ar = new ArArchiveInputStream(file)) {
            for (ArArchiveEntry e = ar.getNextEntry(); e != null; e = ar.getNextEntry()) {
                if (e.getName().startsWith("data.tar")) {
                    readTar(new TarArchiveInputStream(decompress(e.getName(), ar)), visitor);
                    return;
                }
            }
        } catch (IOException e) {
            throw new ImageException(
                    deb.getFileName() + " is damaged: " + e.getMessage() + "; build again", e);
        }
        throw new ImageException(deb.getFileName() + " has no data.tar: it is no Debian package");
    }

    private static InputStream decompress(String name, InputStream in) throws IOException {
        return switch (name.substring("data.tar".length())) {
            case ".xz" -> new XZInputStream(in);
            case ".zst" -> new ZstdInputStream(in);
            case ".gz" -> new GZIPInputStream(in, BUFFER);
            case "" -> in;
            default -> throw new IOException(name + " has an unknown compression");
        };
    }

    private static void readTar(TarArchiveInputStream tar, Visitor visitor) throws IOException {
        for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
            if (e.isFile()) {
                String name = e.getName();
                visitor.file(name.startsWith("./") ? name.substring(2) : name, tar);
            }
        }
    }
}
