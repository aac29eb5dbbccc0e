package dev.jsbx.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Manifest;

/**
 * Takes the signatures out of copies of jars, and from their manifests the digests of single files.
 * The JVM keeps no class of a signed jar in its start-up cache, and checks the digest of each one
 * that it loads, at every start; Maven has checked the jars as it fetched them.
 */
final class UnsignedJars {
    private static final String JARS = "*.jar";

    /** JAR File Specification, "Signed JAR File": signature file and block. */
    private static final String SIGNATURES = "*.{SF,RSA,DSA,EC}";

    private UnsignedJars() {}

    /**
     * Changes all jars of a directory that are signed.
     *
     * @throws IOException if one cannot be read or written
     */
    static void in(Path directory) throws IOException {
        for (Path jar : list(directory, JARS)) {
            try (FileSystem contents = FileSystems.newFileSystem(jar)) {
                Path meta = contents.getPath("META-INF");
                if (Files.isDirectory(meta)) {
                    unsign(meta);
                }
            }
        }
    }

    private static void unsign(Path meta) throws IOException {
        List<Path> signatures = list(meta, SIGNATURES);
        if (signatures.isEmpty()) {
            return;
        }
        for (Path signature : signatures) {
            Files.delete(signature);
        }
        Path file = meta.resolve("MANIFEST.MF");
        Manifest manifest;
        try (InputStream in = Files.newInputStream(file)) {
            manifest = new Manifest(in);
        }
        manifest.getEntries().clear();
        try (OutputStream out = Files.newOutputStream(file)) {
            manifest.write(out);
        }
    }

    private static List<Path> list(Path directory, String pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(found::add);
        }
        return found;
    }
}
