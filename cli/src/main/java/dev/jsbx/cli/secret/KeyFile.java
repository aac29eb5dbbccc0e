package dev.jsbx.cli.secret;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** A random key in a file that only its owner may read. */
final class KeyFile {
    /** Bytes of a key. */
    static final int LENGTH = 32;

    private KeyFile() {}

    /** Whether a key is there. */
    static boolean exists(Path file) {
        return Files.exists(file);
    }

    /**
     * Reads a key.
     *
     * @throws IOException if others may read it too, or it is none
     */
    static byte[] read(Path file) throws IOException {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        if (!permissions.endsWith("------")) {
            throw new IOException(
                    file + " can be read by others; chmod 600 it, and replace the secrets");
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != LENGTH) {
            throw new IOException(file + " is not a key of jsbx (" + key.length + " bytes)");
        }
        return key;
    }

    /** Writes a new key; of several processes that do so at once, one wins and all read that. */
    static byte[] readOrMake(Path file) throws IOException {
        if (exists(file)) {
            return read(file);
        }
        byte[] key = new byte[LENGTH];
        new SecureRandom().nextBytes(key);
        make(file, key);
        return read(file);
    }

    /** Writes a key where there is none yet, whole from the moment its name appears. */
    static void make(Path file, byte[] key) throws IOException {
        Files.createDirectories(
                file.getParent(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path fresh =
                Files.createTempFile(
                        file.getParent(),
                        ".key",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(fresh, key);
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            // Another process was first.
        } finally {
            Files.delete(fresh);
        }
    }
}
