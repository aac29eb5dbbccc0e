package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole command lines: exit code and the complete text. */
class JsbxTest {
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void versionHasTheLabelsThatScriptsLookFor() {
        assertThat(Jsbx.run("version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("jsbx version: v")
                .contains("Client Version:  v", "Server Version:  v");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void unknownCommandIsAUsageError() {
        assertThat(Jsbx.run("nope")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("jsbx: unknown command nope: see jsbx --help\n");
    }

    @Test
    void unknownOptionIsAUsageError() {
        assertThat(Jsbx.run("version", "--bad")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("jsbx: Unknown option: '--bad': see jsbx version --help\n");
    }

    @Test
    void everyCommandHasHelp() {
        for (String name : Commands.NAMES) {
            assertThat(Jsbx.run(name, "--help")).as(name).isZero();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: jsbx version");
    }

    @Test
    void completionKnowsTheShells() {
        assertThat(Jsbx.run("completion", "fish")).isEqualTo(2);
        assertThat(Jsbx.run("completion", "bash")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("complete -F");
    }
}
