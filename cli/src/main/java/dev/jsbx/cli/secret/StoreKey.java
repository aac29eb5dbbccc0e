package dev.jsbx.cli.secret;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The key that the secrets file is encrypted with: in the desktop keyring where one answers, else
 * in a file that only its owner may read. A keyring that is locked is no reason for a file.
 */
final class StoreKey {
    /** Bytes of an AES-256 key. */
    static final int LENGTH = KeyFile.LENGTH;

    /**
     * A key and where it is kept.
     *
     * @param bytes {@link #LENGTH} bytes; the caller zeroes them
     * @param place in words for the user
     */
    record Found(byte[] bytes, String place) {}

    private static final String KEYRING = "the desktop keyring";

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
            return new Found(key, KEYRING);
        }
        KeyFile.make(file, key);
        return new Found(key, file.toString());
    }

    /** The key of an existing store. */
    Optional<Found> find() throws IOException {
        if (KeyFile.exists(file)) {
            return Optional.of(new Found(KeyFile.read(file), file.toString()));
        }
        return keyring.lookUp().map(key -> new Found(key, KEYRING));
    }
}
