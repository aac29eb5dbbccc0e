package dev.jsbx.cli.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {
    @TempDir Path dir;
    private Placeholders one;
    private Placeholders two;

    @BeforeEach
    void open() throws IOException {
        one = Placeholders.in(dir.resolve("config"), dir.resolve("one"));
        two = Placeholders.in(dir.resolve("config"), dir.resolve("two"));
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, sk-ant-api03-[A-Za-z0-9]{95}",
        "AWS_ACCESS_KEY_ID, AKIA[A-Z2-7]{16}",
        "AWS_SECRET_ACCESS_KEY, '[A-Za-z0-9]{40}'",
        "gitlab, glpat-[A-Za-z0-9]{20}",
        "mine, jsbx-[A-Za-z0-9]{40}"
    })
    void theyHaveTheShapeAndBelongToOneSandbox(String secret, String shape) throws IOException {
        assertThat(one.of(secret)).matches(shape).isNotEqualTo(two.of(secret));
        assertThat(Placeholders.in(dir.resolve("config"), dir.resolve("one")).of(secret))
                .isEqualTo(one.of(secret));
    }

    @ParameterizedTest
    @CsvSource({"anthropic", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "github", "mine"})
    void anySandboxesCanBeToldFromOtherText(String secret) throws IOException {
        String word = one.of(secret);
        assertThat(two.isOne(word)).isTrue();
        assertThat(two.isOne(word.substring(1))).isFalse();
        char last = word.charAt(word.length() - 1);
        String other = word.substring(0, word.length() - 1) + (last == 'B' ? 'C' : 'B');
        assertThat(two.isOne(other)).isFalse();
        Placeholders elsewhere = Placeholders.in(dir.resolve("other"), dir.resolve("one"));
        assertThat(elsewhere.isOne(word)).isFalse();
    }

    @Test
    void aShapeThatIsGivenIsKept() throws IOException {
        List<SecretBinding> all = List.of(shaped("mine", "sk-{rand:48}"));
        one.shape(all, all);
        two.shape(all, List.of());
        assertThat(one.of("mine")).matches("sk-[A-Za-z0-9]{48}");
        assertThat(two.isOne(one.of("mine"))).isTrue();
        assertThat(two.isOne("sk-" + "A".repeat(48))).isFalse();
        assertThat(two.of("mine")).startsWith("jsbx-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sk-", "{rand}x", "a b{rand}", "{rand:8}", "{rand:999}", "é{rand}"})
    void shapesThatTellNothingApartAreRefused(String shape) {
        assertThatIllegalArgumentException().isThrownBy(() -> PlaceholderShape.of(shape));
    }

    private static SecretBinding shaped(String name, String shape) {
        return new SecretBinding(
                name,
                Optional.empty(),
                List.of("api.example.com"),
                List.of(),
                List.of(),
                Optional.empty(),
                false,
                Optional.of(shape));
    }

    @Test
    void theKeysAreTheirOwnersOnly() throws IOException {
        one.of("npm");
        Path key = dir.resolve("one/placeholder.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(
                        () -> Placeholders.in(dir.resolve("config"), dir.resolve("one")).of("npm"))
                .withMessageContaining("read by others");
    }
}
