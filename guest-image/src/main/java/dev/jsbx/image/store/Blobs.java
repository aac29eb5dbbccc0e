package dev.jsbx.image.store;

import dev.jsbx.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/** Files by the SHA-256 of their content. */
final class Blobs {
    private final Path directory;

    Blobs(Path directory) {
        this.directory = directory;
    }

    Path path(String hash) {
        return directory.resolve(hash);
    }

    /** Stores bytes. @return their hash */
    String put(Path scratch, byte[] content) throws IOException {
        Path file = Files.createTempFile(scratch, "blob", null);
        Files.write(file, content);
        return put(file);
    }

    /** Moves a file of the same file system in. @return its hash */
    String put(Path file) throws IOException {
        String hash = hash(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.createDirectories(directory);
        Files.move(
                file,
                path(hash),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        return hash;
    }

    /** Reads a whole file for its SHA-256 in hex. */
    static String hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            byte[] buffer = new byte[1 << 17];
            while (in.read(buffer) >= 0) {
                continue;
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Deletes all blobs but these. */
    void retain(Set<String> hashes) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!hashes.contains(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Checks that a blob is there with its length. */
    void require(String image, String hash, long size) {
        Path file = path(hash);
        try {
            long found = Files.size(file);
            if (found != size) {
                throw new ImageException(
                        "image "
                                + image
                                + " is damaged: "
                                + file
                                + " has "
                                + found
                                + " of "
                                + size
                                + " bytes; jsbx image build "
                                + image
                                + " makes it anew");
            }
        } catch (IOException e) {
            throw new ImageException(
                    "image "
                            + image
                            + " is damaged: "
                            + file
                            + " is missing; jsbx image build "
                            + image
                            + " makes it anew",
                    e);
        }
    }
}
