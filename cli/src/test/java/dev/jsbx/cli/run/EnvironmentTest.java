package dev.jsbx.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
        assertThat(environment.with(Map.of()))
                .containsExactly(
                        entry("A", "two = 2"),
                        entry("B", ""),
                        entry("PATH", System.getenv("PATH")));
    }

    @Test
    void placeholdersTakeTheHostsPlaceButNotAWrittenValues() {
        environment.add("PATH");
        environment.add("A=written");
        environment.add("B=first");
        environment.add("B");
        environment.add("HOME");
        assertThat(environment.with(Map.of("PATH", "p1", "A", "p2", "B", "p3", "C", "p4")))
                .containsOnly(
                        entry("PATH", "p1"),
                        entry("A", "written"),
                        entry("B", "p3"),
                        entry("C", "p4"),
                        entry("HOME", System.getenv("HOME")));
    }

    @Test
    void filesHaveCommentsAndNameTheirBadLines(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("env"), "# c\n\n A=1\nB=x y\n=z\n");
        assertThatThrownBy(() -> environment.addFile(file.toString()))
                .hasMessage(file + " line 5 has no name: write it as NAME=value");
        assertThat(environment.with(Map.of())).containsExactly(entry("A", "1"), entry("B", "x y"));
        assertThatThrownBy(() -> environment.addFile(directory + "/none"))
                .hasMessage(
                        "the environment file " + directory + "/none cannot be read: no such file");
    }
}
