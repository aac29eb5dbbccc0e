package dev.jsbx.cli.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;

/**
 * The key that the secrets file is encrypted with: in the desktop keyring where one answers, else
 * in a file that only its owner may read. A keyring that is locked is no reason for a file.
 */
final class StoreKey {
    /** Bytes of an AES-256 key. */
    static final int LENGTH = 32;

    /** Where a key is kept. */
    enum Place {
        KEYRING("the desktop keyring"),
        FILE("a key file");

        final String description;

        Place(String description) {
            this.description = description;
        }
    }

    /**
     * A key and where it is kept.
     *
     * @param bytes {@link #LENGTH} bytes; the caller zeroes them
     */
    record Found(byte[] bytes, Place place) {}

    private final Path file;
    private final Keyring keyring;

    StoreKey(Path file, Keyring keyring) {
        this.file = file;
        this.keyring = keyring;
    }

    /**
     * The key for a new store: an old one if there is one, else fresh in the best place.
     *
     * @throws IOException if the keyring is locked, or a file cannot be read or written
     */
    Found make() throws IOException {
        Optional<Found> old = find();
        if (old.isPresent()) {
            return old.get();
        }
        byte[] key = new byte[LENGTH];
        new SecureRandom().nextBytes(key);
        if (keyring.store(key)) {
            return new Found(key, Place.KEYRING);
        }
        writeFile(key);
        return new Found(key, Place.FILE);
    }

    /** The key of an existing store. */
    Optional<Found> find() throws IOException {
        if (Files.exists(file)) {
            return Optional.of(new Found(readFile(), Place.FILE));
        }
        return keyring.lookUp().map(key -> new Found(key, Place.KEYRING));
    }

    private byte[] readFile() throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!PosixFilePermissions.toString(permissions).endsWith("------")) {
            throw new IOException(
                    file + " can be read by others; chmod 600 it, and replace the secrets");
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != LENGTH) {
            throw new IOException(file + " is not a key of jsbx (" + key.length + " bytes)");
        }
        return key;
    }

    private void writeFile(byte[] key) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(fresh, key);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
