package dev.jsbx.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentCatalogTest {
    @TempDir Path settings;

    @Test
    void theJarsAgentsAreThoseThatAreKnownWithoutReadingIt() {
        assertThat(AgentCatalog.load(settings).all())
                .extracting(Agent::name)
                .containsExactlyInAnyOrderElementsOf(AgentCatalog.BUILT_IN);
    }

    @Test
    void theUsersArgumentsComeAfterTheAgentsOwn() {
        Agent claude = AgentCatalog.load(settings).find("claude").orElseThrow();
        assertThat(claude.commandLine(List.of("-p", "hello")))
                .containsExactly("claude", "--dangerously-skip-permissions", "-p", "hello");
        assertThat(claude.needsInstalling()).isTrue();
        assertThat(AgentCatalog.load(settings).find("shell").orElseThrow().needsInstalling())
                .isFalse();
    }

    @Test
    void theUsersFileAddsAndReplaces() throws IOException {
        write(
                "mine: {command: [my-agent], install: apt-get install -y my-agent}\nshell: {command: [zsh]}");
        AgentCatalog catalog = AgentCatalog.load(settings);
        assertThat(catalog.find("mine").orElseThrow().install())
                .containsExactly("apt-get install -y my-agent");
        assertThat(catalog.find("shell").orElseThrow().command()).containsExactly("zsh");
        assertThat(AgentCatalog.knows(settings, "mine")).isTrue();
        assertThat(AgentCatalog.knows(settings, "other")).isFalse();
        assertThat(AgentCatalog.knows(settings, "/bin/sh")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mine: {comand: [x]} | has an unknown key comand",
                "mine: {npm: [x]} | command is missing",
                "mine: {command: [x], hosts: ['a..b']} | mine.hosts",
                "mine: {command: [1]} | command is no list of texts",
                "My Agent: {command: [x]} | is no name",
                "mine: [x] | is no mapping",
                "mine: {command: [x] | is no YAML"
            })
    void mistakesAreNamed(String yaml, String reason) throws IOException {
        write(yaml);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> AgentCatalog.load(settings))
                .withMessageContaining("agents.yaml")
                .withMessageContaining(reason);
    }

    private void write(String yaml) throws IOException {
        Files.writeString(settings.resolve("agents.yaml"), yaml);
    }
}
