package dev.jsbx.cli.secret;

import dev.jsbx.vmm.linux.Mapping;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;

/**
 * The secrets file: encrypted by {@link StoreCipher}, written whole under a lock, by rename,
 * readable by its owner only.
 */
public final class SecretStore {
    private static final int MAX_FILE = 16 << 20;

    private final Path file;
    private final Path lock;
    private final StoreKey key;

    /**
     * The store in a directory, usually {@code $XDG_CONFIG_HOME/jsbx}; made at the first change.
     */
    public SecretStore(Path directory) {
        this(directory, Keyring.ofSession());
    }

    SecretStore(Path directory, Keyring keyring) {
        file = directory.resolve("secrets");
        lock = directory.resolve("secrets.lock");
        key = new StoreKey(directory.resolve("secrets.key"), keyring);
    }

    /** One change of the list of secrets. */
    private interface Change {
        void apply(List<Secret> secrets);
    }

    /**
     * All secrets; the caller closes each.
     *
     * @throws IOException naming what cannot be read, decrypted or trusted
     */
    public List<Secret> load() throws IOException {
        if (!Files.exists(file)) {
            return new ArrayList<>();
        }
        StoreKey.Found found =
                key.find()
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "the key of "
                                                        + file
                                                        + " is not there: unlock the keyring, or"
                                                        + " delete the file and set the secrets"
                                                        + " anew"));
        try {
            return decrypt(found.bytes());
        } finally {
            Arrays.fill(found.bytes(), (byte) 0);
        }
    }

    /** What secrets are for, without their values. */
    public List<SecretBinding> bindings() throws IOException {
        List<Secret> secrets = load();
        secrets.forEach(Secret::close);
        return secrets.stream().map(Secret::binding).toList();
    }

    /** The file that the secrets are in, whether it is there yet or not. */
    public Path file() {
        return file;
    }

    /**
     * Adds a secret, or replaces the one of the same name and sandbox.
     *
     * @return where the key is kept, in words for the user
     */
    public String put(SecretBinding binding, SecretValue value) throws IOException {
        return change(
                secrets -> {
                    remove(secrets, binding.name(), binding.sandbox());
                    secrets.add(
                            new Secret(
                                    binding,
                                    value == null ? null : SecretValue.of(value.buffer())));
                });
    }

    /**
     * Removes a secret.
     *
     * @return whether there was one
     */
    public boolean remove(String name, Optional<String> sandbox) throws IOException {
        boolean[] removed = new boolean[1];
        change(secrets -> removed[0] = remove(secrets, name, sandbox));
        return removed[0];
    }

    private static boolean remove(List<Secret> secrets, String name, Optional<String> sandbox) {
        return secrets.removeIf(
                secret -> {
                    SecretBinding binding = secret.binding();
                    boolean same = binding.name().equals(name) && binding.sandbox().equals(sandbox);
                    if (same) {
                        secret.close();
                    }
                    return same;
                });
    }

    private String change(Change change) throws IOException {
        createPrivate(file.getParent());
        try (FileChannel channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = channel.lock()) {
            List<Secret> secrets = load();
            try {
                change.apply(secrets);
                StoreKey.Found found = key.make();
                try {
                    write(encrypt(secrets, found.bytes()));
                    return found.place();
                } finally {
                    Arrays.fill(found.bytes(), (byte) 0);
                }
            } finally {
                secrets.forEach(Secret::close);
            }
        }
    }

    private static void createPrivate(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private void write(byte[] content) throws IOException {
        Path fresh = file.resolveSibling("secrets.new");
        Files.deleteIfExists(fresh);
        try (FileChannel out =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] encrypt(List<Secret> secrets, byte[] key) throws IOException {
        int size = secrets.stream().mapToInt(SecretStore::size).sum() + Integer.BYTES;
        try (Mapping plain = LockedMemory.of(size)) {
            try {
                ByteBuffer buffer = plain.segment().asByteBuffer();
                buffer.putInt(secrets.size());
                secrets.forEach(s -> SecretCodec.write(buffer, s.binding(), s.value()));
                return StoreCipher.encrypt(buffer.flip(), key);
            } finally {
                plain.segment().fill((byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("secrets cannot be encrypted: " + e.getMessage(), e);
        }
    }

    // An upper bound: every character of a text takes at most four bytes.
    private static int size(Secret secret) {
        SecretBinding b = secret.binding();
        int texts =
                b.name().length()
                        + b.command().map(String::length).orElse(0)
                        + b.placeholder().map(String::length).orElse(0)
                        + 512;
        for (String each : b.hosts()) {
            texts += each.length() + 4;
        }
        for (String each : b.environment()) {
            texts += each.length() + 4;
        }
        for (SecretBinding.Injection each : b.injections()) {
            texts += each.describe().length() + 16;
        }
        return texts * 4 + (secret.value() == null ? 0 : secret.value().length());
    }

    private List<Secret> decrypt(byte[] key) throws IOException {
        if (Files.size(file) > MAX_FILE) {
            throw damaged("it is too large");
        }
        byte[] all = Files.readAllBytes(file);
        if (!StoreCipher.isOne(all)) {
            throw damaged("it does not begin as one");
        }
        try (Mapping plain = LockedMemory.of(all.length)) {
            try {
                ByteBuffer buffer = plain.segment().asByteBuffer();
                StoreCipher.decrypt(all, key, buffer);
                return read(buffer.flip());
            } finally {
                plain.segment().fill((byte) 0);
            }
        } catch (AEADBadTagException e) {
            throw damaged("it was changed, or another key made it");
        } catch (GeneralSecurityException | BufferUnderflowException | IllegalArgumentException e) {
            throw damaged(e.getMessage());
        }
    }

    private static List<Secret> read(ByteBuffer from) {
        List<Secret> secrets = new ArrayList<>();
        try {
            for (int i = from.getInt(); i > 0; i--) {
                secrets.add(SecretCodec.read(from));
            }
            return secrets;
        } catch (RuntimeException e) {
            secrets.forEach(Secret::close);
            throw e;
        }
    }

    private IOException damaged(String reason) {
        return new IOException(
                file
                        + " is not a secrets file that can be read: "
                        + reason
                        + "; restore or delete it");
    }
}
