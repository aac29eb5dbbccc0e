package dev.jsbx.cli.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretWatchTest {
    private static final long PATIENCE = 60;
    @TempDir Path dir;
    private final Semaphore changes = new Semaphore(0);
    private Path config;
    private SecretStore store;
    private Placeholders placeholders;

    @BeforeEach
    void open() throws IOException {
        config = dir.resolve("config");
        store = new SecretStore(config, Keyring.behind("/nowhere"));
        placeholders = Placeholders.in(config, dir.resolve("box"));
    }

    @Test
    void settingReplacingAndRemovingCountAtOnce() throws Exception {
        try (SecretWatch watch = start("box")) {
            assertThat(watch.bindings()).isEmpty();
            put(known("github"), "first");
            assertThat(text(watch, "github")).isEqualTo("first");
            put(known("github"), "second");
            assertThat(text(watch, "github")).isEqualTo("second");
            store.remove("github", Optional.empty());
            awaitChange();
            assertThat(watch.bindings()).isEmpty();
            assertThatThrownBy(() -> text(watch, "github")).hasMessageContaining("no secret");
        }
    }

    @Test
    void aSandboxsOwnSecretWinsAndAnothersIsNotSeen() throws Exception {
        put(known("github"), "of all", false);
        put(scoped("github", "box"), "of box", false);
        put(scoped("npm", "other"), "of other", false);
        try (SecretWatch watch = start("box")) {
            assertThat(watch.bindings()).hasSize(1);
            assertThat(text(watch, "github")).isEqualTo("of box");
            assertThatThrownBy(() -> text(watch, "npm")).hasMessageContaining("no secret");
        }
        try (SecretWatch watch = start("third")) {
            assertThat(text(watch, "github")).isEqualTo("of all");
        }
    }

    @Test
    void whatCannotBeReadGivesNoValueUntilItCan() throws Exception {
        put(known("github"), "first", false);
        byte[] good = Files.readAllBytes(store.file());
        try (SecretWatch watch = start("box")) {
            Files.write(store.file(), new byte[] {1});
            awaitChange();
            assertThat(watch.bindings()).hasSize(1);
            assertThatThrownBy(() -> text(watch, "github"))
                    .hasMessageContaining("restore or delete it");
            Files.write(store.file(), good);
            awaitChange();
            assertThat(text(watch, "github")).isEqualTo("first");
        }
    }

    @Test
    void aCommandIsRunWhenItsValueIsNeededAndNotForEachUse() throws Exception {
        Path runs = dir.resolve("runs");
        SecretBinding github = known("github");
        store.put(
                new SecretBinding(
                        "github",
                        Optional.empty(),
                        github.hosts(),
                        github.injections(),
                        github.environment(),
                        Optional.of("echo x >> " + runs + "; echo from a command"),
                        false),
                null);
        try (SecretWatch watch = start("box")) {
            assertThat(Files.exists(runs)).isFalse();
            assertThat(text(watch, "github")).isEqualTo("from a command");
            assertThat(text(watch, "github")).isEqualTo("from a command");
            assertThat(Files.readString(runs)).isEqualTo("x\n");
        }
    }

    @Test
    void placeholdersOfOtherSandboxesAreForeign() throws Exception {
        put(known("github"), "first", false);
        Placeholders other = Placeholders.in(config, dir.resolve("other"));
        try (SecretWatch watch = start("box")) {
            assertThat(watch.isForeign(watch.placeholder("github"))).isFalse();
            assertThat(watch.isForeign(other.of("github"))).isTrue();
            assertThat(watch.isForeign("ghp_" + "a".repeat(36))).isFalse();
        }
        assertThat(GuestView.of(config, dir.resolve("box")).variables())
                .isEqualTo(
                        Map.of(
                                "GH_TOKEN", placeholders.of("github"),
                                "GITHUB_TOKEN", placeholders.of("github")));
    }

    private SecretWatch start(String sandbox) throws IOException {
        return SecretWatch.start(store, sandbox, placeholders, changes::release);
    }

    private void awaitChange() throws InterruptedException {
        assertThat(changes.tryAcquire(PATIENCE, TimeUnit.SECONDS)).as("a change seen").isTrue();
    }

    private static SecretBinding known(String name) {
        return KnownServices.find(name).orElseThrow();
    }

    private static SecretBinding scoped(String name, String sandbox) {
        SecretBinding known = known(name);
        return new SecretBinding(
                name,
                Optional.of(sandbox),
                known.hosts(),
                known.injections(),
                List.of(),
                Optional.empty(),
                false);
    }

    private void put(SecretBinding binding, String text) throws Exception {
        put(binding, text, true);
    }

    private void put(SecretBinding binding, String text, boolean watched) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (SecretValue value = SecretValue.read(new ByteArrayInputStream(bytes))) {
            store.put(binding, value);
        }
        if (watched) {
            awaitChange();
        }
    }

    private static String text(SecretWatch watch, String name) throws Exception {
        try (SecretValue value = watch.value(name).get(PATIENCE, TimeUnit.SECONDS)) {
            return StandardCharsets.UTF_8.decode(value.buffer()).toString();
        }
    }
}
