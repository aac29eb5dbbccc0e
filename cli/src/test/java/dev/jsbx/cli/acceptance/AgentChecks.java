package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Agents as they come from npm. With {@code -Djsbx.agents=all} each that jsbx knows is installed,
 * else one.
 */
final class AgentChecks {
    private static final boolean ALL = "all".equals(System.getProperty("jsbx.agents"));
    private static final Duration PATIENCE = Duration.ofMinutes(10); // some are 300 MB
    private static final String VERSION = "\\d+\\.\\d+\\.\\d+";

    private AgentChecks() {}

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("claude tells its version", j -> tellsVersion(j, "claude")));
        checks.add(new Check("two sandboxes share an agent's layer", AgentChecks::shared));
        checks.add(new Check("an agent of the user's", AgentChecks::own));
        checks.add(new Check("mistakes in the user's agents", AgentChecks::mistakes));
        if (ALL) {
            for (String agent : List.of("codex", "gemini", "opencode", "copilot")) {
                checks.add(new Check(agent + " tells its version", j -> tellsVersion(j, agent)));
            }
        }
        return checks;
    }

    private static Result call(JsbxProgram jsbx, String... words) throws Exception {
        Process process = jsbx.start(List.of(words));
        return JsbxProgram.finish(process, new byte[0], PATIENCE);
    }

    private static Result ok(JsbxProgram jsbx, String... words) throws Exception {
        Result result = call(jsbx, words);
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    // What it says is what npm installed.
    private static void tellsVersion(JsbxProgram jsbx, String agent) throws Exception {
        Result said = ok(jsbx, "run", "--engine", "qemu", "--rm", agent, "--version");
        assertThat(said.out()).as(said.err()).containsPattern(VERSION);
        String version = said.out().replaceAll("(?s).*?(" + VERSION + ").*", "$1");
        String row =
                ok(jsbx, "agent", "ls")
                        .out()
                        .lines()
                        .filter(line -> line.startsWith(agent + " "))
                        .findFirst()
                        .orElseThrow();
        assertThat(row).contains("@" + version);
    }

    private static void shared(JsbxProgram jsbx) throws Exception {
        ok(jsbx, "create", "-q", "--name", "one", "claude");
        Result second = ok(jsbx, "create", "--name", "two", "claude");
        assertThat(second.err()).doesNotContain("npm");
        String layers = Files.readString(layers(jsbx, "one"));
        assertThat(layers).contains(".erofs").isEqualTo(Files.readString(layers(jsbx, "two")));
        for (String name : List.of("one", "two")) {
            String path = ok(jsbx, "exec", name, "sh", "-c", "command -v claude").out();
            assertThat(path).startsWith("/");
        }
        ok(jsbx, "rm", "-f", "one", "two");
    }

    private static Path layers(JsbxProgram jsbx, String sandbox) {
        return jsbx.state().resolve("jsbx/sandboxes/" + sandbox + "/layers");
    }

    private static void write(JsbxProgram jsbx, String yaml) throws IOException {
        Path settings = Files.createDirectories(jsbx.state().resolve("jsbx"));
        Files.writeString(settings.resolve("agents.yaml"), yaml);
    }

    private static void own(JsbxProgram jsbx) throws Exception {
        write(
                jsbx,
                """
                jsbx-check-agent:
                  install: printf '#!/bin/sh\\necho "$GREETING from $1 $2"\\n' > /usr/bin/greet; chmod +x /usr/bin/greet
                  command: [greet, agent]
                  environment: {GREETING: hello}
                shell:
                  command: [echo, mine]
                """);
        try {
            Result own = ok(jsbx, "run", "-q", "--engine", "qemu", "--rm", "jsbx-check-agent", "x");
            assertThat(own.out()).isEqualTo("hello from agent x\n");
            Result over = ok(jsbx, "run", "-q", "--engine", "qemu", "--rm", "shell");
            assertThat(over.out()).isEqualTo("mine\n");
        } finally {
            call(jsbx, "agent", "rm", "jsbx-check-agent");
        }
    }

    private static void mistakes(JsbxProgram jsbx) throws Exception {
        for (String yaml : List.of("mine: {comand: [x]}", "mine: [", "- a", "mine: {command: 7}")) {
            write(jsbx, yaml);
            Result refused = call(jsbx, "run", "--engine", "qemu", "mine");
            assertThat(refused.err()).as(yaml).matches("jsbx: .*agents\\.yaml.*\\n");
            assertThat(refused.code()).as(yaml).isEqualTo(125);
        }
        assertThat(jsbx.left()).isEmpty();
    }
}
