package dev.jsbx.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    private final Environment environment = new Environment();

    @Test
    void laterValuesWinAndHostValuesComeOnlyWhenNamed() {
        environment.add("A=1");
        environment.add("B=");
        environment.add("A=two = 2");
        environment.add("PATH");
        environment.add("NOT_SET_ON_ANY_HOST");
        assertThat(environment.asMap())
                .containsExactly(
                        entry("A", "two = 2"),
                        entry("B", ""),
                        entry("PATH", System.getenv("PATH")));
    }

    @Test
    void filesHaveCommentsAndNameTheirBadLines(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("env"), "# c\n\n A=1\nB=x y\n=z\n");
        assertThatThrownBy(() -> environment.addFile(file.toString()))
                .hasMessage(file + " line 5 has no name: write it as NAME=value");
        assertThat(environment.asMap()).containsExactly(entry("A", "1"), entry("B", "x y"));
        assertThatThrownBy(() -> environment.addFile(directory + "/none"))
                .hasMessage(
                        "the environment file " + directory + "/none cannot be read: no such file");
    }
}
