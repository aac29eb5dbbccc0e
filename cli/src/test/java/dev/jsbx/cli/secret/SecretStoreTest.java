package dev.jsbx.cli.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretStoreTest {
    private static final String VALUE = "s3cr3t-value-that-must-not-appear";
    @TempDir Path dir;

    @Test
    void secretsSurviveAndTheFileTellsNothing() throws IOException {
        Path config = dir.resolve("config");
        SecretStore store = new SecretStore(config);
        SecretBinding custom =
                new SecretBinding(
                        "mine",
                        Optional.of("box"),
                        List.of("api.example.com", "**.example.org:8443"),
                        List.of(new Header("x-key", "Token {}"), new Replacement(true, false)),
                        List.of("MY_KEY"),
                        Optional.empty(),
                        true);
        try (SecretValue value = value(VALUE)) {
            store.put(custom, value);
            store.put(KnownServices.find("AWS_SECRET_ACCESS_KEY").orElseThrow(), value);
        }
        List<Secret> loaded = new SecretStore(config).load();
        assertThat(loaded).hasSize(2);
        assertThat(loaded.get(0).binding()).isEqualTo(custom);
        assertThat(text(loaded.get(0).value())).isEqualTo(VALUE);
        assertThat(loaded.get(1).binding().injections().getFirst().describe())
                .isEqualTo("sigv4 secret_access_key");
        loaded.forEach(Secret::close);
        String raw =
                new String(
                        Files.readAllBytes(config.resolve("secrets")), StandardCharsets.ISO_8859_1);
        assertThat(raw).doesNotContain(VALUE).doesNotContain("example.com");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(config.resolve("secrets"))))
                .isEqualTo("rw-------");
        assertThat(store.remove("mine", Optional.empty())).isFalse();
        assertThat(store.remove("mine", Optional.of("box"))).isTrue();
        assertThat(store.load()).hasSize(1).allSatisfy(Secret::close);
    }

    @Test
    void aSecretOfTheSameNameIsReplaced() throws IOException {
        SecretStore store = new SecretStore(dir);
        SecretBinding openai = KnownServices.find("OPENAI_API_KEY").orElseThrow();
        assertThat(openai.name()).isEqualTo("openai");
        try (SecretValue first = value("first-value");
                SecretValue second = value("second-value")) {
            store.put(openai, first);
            store.put(openai, second);
        }
        List<Secret> loaded = store.load();
        assertThat(loaded).hasSize(1);
        assertThat(text(loaded.getFirst().value())).isEqualTo("second-value");
        loaded.forEach(Secret::close);
    }

    @Test
    void damageAndForeignKeysAreNamedAndNothingIsLost() throws IOException {
        SecretStore store = new SecretStore(dir);
        try (SecretValue value = value(VALUE)) {
            store.put(KnownServices.find("github").orElseThrow(), value);
        }
        Path file = dir.resolve("secrets");
        byte[] good = Files.readAllBytes(file);
        for (int at : new int[] {0, 20, good.length - 1}) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            assertThatIOException()
                    .isThrownBy(store::load)
                    .withMessageContaining("restore or delete");
            try (SecretValue value = value(VALUE)) {
                assertThatIOException()
                        .isThrownBy(
                                () -> store.put(KnownServices.find("npm").orElseThrow(), value));
            }
            assertThat(Files.readAllBytes(file)).isEqualTo(bad);
        }
        Files.write(file, good);
        assertThat(store.load()).hasSize(1).allSatisfy(Secret::close);
        if (Files.exists(dir.resolve("secrets.key"))) {
            Files.setPosixFilePermissions(
                    dir.resolve("secrets.key"), PosixFilePermissions.fromString("rw-r--r--"));
            assertThatIOException().isThrownBy(store::load).withMessageContaining("read by others");
        }
    }

    @Test
    void aClosedValueIsGone() {
        SecretValue value = value(VALUE);
        var bytes = value.bytes();
        assertThat(value.masked()).isEqualTo("s3cr****");
        assertThat(value.toString()).doesNotContain("s3cr");
        value.close();
        value.close();
        org.assertj.core.api.Assertions.assertThatIllegalStateException()
                .isThrownBy(() -> bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "two\nlines", "two\r\nlines\r\n", "nul\0byte"})
    void valuesThatNoHeaderCanCarryAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> value(text));
    }

    @Test
    void oneLineEndIsTheTerminalsNotTheValues() {
        try (SecretValue value = value("abc\n")) {
            assertThat(text(value)).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.com",
                "**.dev",
                "*.co.uk",
                "**.github.io",
                "192.0.2.7",
                "",
                ".",
                "http://x.y",
                "a b.c",
                "x.y:0",
                "x.y:70000",
                "x.y:",
                "-a.b",
                "*.*.com",
                "a..b",
                "x.y/path"
            })
    void hostsThatCouldBeAnybodysAreRefused(String pattern) {
        assertThatIllegalArgumentException().isThrownBy(() -> SecretHosts.parse(pattern));
    }

    @ParameterizedTest
    @CsvSource({
        "API.Example.com., api.example.com, 443, true",
        "api.example.com, api.example.com, 80, false",
        "api.example.com:8443, api.example.com, 8443, true",
        "*.example.com, a.example.com, 443, true",
        "*.example.com, a.b.example.com, 443, false",
        "*.example.com, example.com, 443, false",
        "**.example.com, a.b.example.com, 443, true",
        "**.example.com, example.com, 443, false",
        "**.example.com, evilexample.com, 443, false",
        "example.com, example.com.evil.org, 443, false"
    })
    void hostsMatchByTheirPattern(String pattern, String host, int port, boolean matches) {
        assertThat(SecretHosts.matches(SecretHosts.parse(pattern), host, port)).isEqualTo(matches);
    }

    private static SecretValue value(String text) {
        try {
            return SecretValue.read(
                    new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(SecretValue value) {
        return StandardCharsets.UTF_8.decode(value.buffer()).toString();
    }
}
