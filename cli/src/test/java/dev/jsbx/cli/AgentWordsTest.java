package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.cli.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentWordsTest {
    @TempDir private Path directory;

    @Test
    void directoriesComeFirstAndAreShared() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        AgentWords words =
                AgentWords.parse(List.of(directory.toString(), other + ":ro", "--", other + ""));
        assertThat(words.workspaces())
                .extracting(Workspace::text)
                .containsExactly(
                        directory.toRealPath().toString(), other.toRealPath().toString() + ":ro");
        assertThat(words.arguments()).containsExactly(other.toString());
    }

    @Test
    void theRestIsTheAgents() {
        assertThat(AgentWords.parse(List.of("-p", "fix it", "--", "x")).arguments())
                .containsExactly("-p", "fix it", "--", "x");
        assertThat(AgentWords.parse(List.of("fix src/a.c")).arguments())
                .containsExactly("fix src/a.c");
        assertThat(AgentWords.parse(List.of("exec", "--json")).arguments())
                .containsExactly("exec", "--json");
        assertThat(AgentWords.parse(List.of()).workspaces()).isEmpty();
    }

    @Test
    void aMissingDirectoryIsNoPrompt() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> AgentWords.parse(List.of(directory + "/typo")))
                .withMessageContaining("no directory")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(Failure.USAGE));
    }
}
