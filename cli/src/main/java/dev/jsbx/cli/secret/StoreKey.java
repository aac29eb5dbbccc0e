package dev.jsbx.cli.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The key that the secrets file is encrypted with: in the desktop keyring where one answers within
 * two seconds, else in a file that only its owner may read.
 */
final class StoreKey {
    /** Bytes of an AES-256 key. */
    static final int LENGTH = 32;

    private static final long KEYRING_SECONDS = 2;
    private static final String[] ATTRIBUTES = {"application", "jsbx", "purpose", "secrets"};

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

    StoreKey(Path file) {
        this.file = file;
    }

    /** The key for a new store: an old one if there is one, else fresh in the best place. */
    Found make() throws IOException {
        Optional<Found> old = find();
        if (old.isPresent()) {
            return old.get();
        }
        byte[] key = new byte[LENGTH];
        new SecureRandom().nextBytes(key);
        if (storeInKeyring(key)) {
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
        return lookUpKeyring().map(key -> new Found(key, Place.KEYRING));
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

    // secret-tool is libsecret's own client; the value goes through its standard input.
    private static boolean storeInKeyring(byte[] key) {
        byte[] text = Base64.getEncoder().encode(key);
        try {
            Process process = secretTool("store", "--label=jsbx secrets");
            try (var in = process.getOutputStream()) {
                in.write(text);
            }
            return finished(process) && process.exitValue() == 0 && lookUpKeyring().isPresent();
        } catch (IOException e) {
            return false;
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private static Optional<byte[]> lookUpKeyring() {
        try {
            Process process = secretTool("lookup");
            process.getOutputStream().close();
            if (!finished(process) || process.exitValue() != 0) {
                return Optional.empty();
            }
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            byte[] key = Base64.getDecoder().decode(text.strip());
            return key.length == LENGTH ? Optional.of(key) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Process secretTool(String... words) throws IOException {
        if (System.getenv("DBUS_SESSION_BUS_ADDRESS") == null) {
            throw new IOException("no session bus, so no keyring");
        }
        String[] command = new String[1 + words.length + ATTRIBUTES.length];
        command[0] = "secret-tool";
        System.arraycopy(words, 0, command, 1, words.length);
        System.arraycopy(ATTRIBUTES, 0, command, 1 + words.length, ATTRIBUTES.length);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static boolean finished(Process process) {
        try {
            if (process.waitFor(KEYRING_SECONDS, TimeUnit.SECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }
}
