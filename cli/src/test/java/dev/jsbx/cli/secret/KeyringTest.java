package dev.jsbx.cli.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores whose key is in a keyring, which is a script that says what secret-tool says. */
class KeyringTest {
    private static final String KEEPS =
            "case $1 in store) cat > %s;; lookup) cat %s 2>&- || exit 1;; esac";
    @TempDir Path dir;
    private Path config;

    @BeforeEach
    void config() {
        config = dir.resolve("config");
    }

    @Test
    void anOpenKeyringHasTheKeyAndNoFileDoes() throws IOException {
        Path kept = dir.resolve("kept");
        SecretStore store = store(KEEPS.formatted(kept, kept));
        assertThat(put(store)).isEqualTo("the desktop keyring");
        assertThat(store.load()).hasSize(1).allSatisfy(Secret::close);
        assertThat(Files.exists(config.resolve("secrets.key"))).isFalse();
    }

    @Test
    void aLockedKeyringIsNamedAndNothingIsStored() throws IOException {
        SecretStore store =
                store(
                        "[ $1 = lookup ] || echo 'secret-tool: Cannot create an item in a locked"
                                + " collection' >&2; exit 1");
        assertThatIOException()
                .isThrownBy(() -> put(store))
                .withMessage(
                        "the desktop keyring is locked (Cannot create an item in a locked"
                                + " collection): unlock it and try again");
        assertThat(Files.exists(config.resolve("secrets"))).isFalse();
        assertThat(Files.exists(config.resolve("secrets.key"))).isFalse();
    }

    @Test
    void aKeyringLockedLaterIsNamedAndTheFileStays() throws IOException {
        Path kept = dir.resolve("kept");
        put(store(KEEPS.formatted(kept, kept)));
        byte[] file = Files.readAllBytes(config.resolve("secrets"));
        SecretStore locked = store("exit 1");
        assertThatIOException()
                .isThrownBy(() -> put(locked))
                .withMessageContaining("unlock the keyring");
        assertThat(Files.readAllBytes(config.resolve("secrets"))).isEqualTo(file);
    }

    @Test
    void whereNoKeyringAnswersAFileHasTheKey() throws IOException {
        for (String says :
                new String[] {
                    "Cannot autolaunch D-Bus without X11 $DISPLAY",
                    "Could not connect: No such file or directory",
                    "Error calling StartServiceByName for org.freedesktop.secrets: Failed"
                }) {
            config = dir.resolve(Integer.toString(says.length()));
            SecretStore store = store("echo 'secret-tool: " + says + "' >&2; exit 1");
            assertThat(put(store)).isEqualTo(config + "/secrets.key");
            assertThat(store.load()).hasSize(1).allSatisfy(Secret::close);
        }
    }

    private SecretStore store(String script) throws IOException {
        Path program = dir.resolve("secret-tool");
        Files.deleteIfExists(program);
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new SecretStore(config, Keyring.behind(program.toString()));
    }

    private static String put(SecretStore store) throws IOException {
        byte[] text = "a value".getBytes(StandardCharsets.UTF_8);
        try (SecretValue value = SecretValue.read(new ByteArrayInputStream(text))) {
            return store.put(KnownServices.find("github").orElseThrow(), value);
        }
    }
}
