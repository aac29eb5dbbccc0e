package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs in a terminal, which a Python script brings; skipped where there is no Python. */
final class TerminalChecks {
    private TerminalChecks() {}

    static List<Check> all() {
        return List.of(
                resize(),
                new Check("Ctrl-C interrupts the command", jsbx -> scene(jsbx, "interrupt")),
                new Check("detach keys leave", jsbx -> scene(jsbx, "detach")),
                new Check("who has left comes back", TerminalChecks::back),
                new Check("restored after kill -9", jsbx -> scene(jsbx, "killed")));
    }

    static Check resize() {
        return new Check("size, resize and raw mode", jsbx -> scene(jsbx, "resize"));
    }

    private static void back(JsbxProgram jsbx) throws Exception {
        scene(jsbx, "back", "--name", "kept");
        Result attach = jsbx.call(List.of("attach", "kept"));
        assertThat(attach.code()).isEqualTo(2);
        assertThat(attach.err()).contains("needs a terminal");
        assertThat(jsbx.call(List.of("rm", "-f", "kept")).code()).isZero();
        jsbx.awaitNothingLeft();
    }

    private static void scene(JsbxProgram jsbx, String name, String... options) throws Exception {
        Path script = jsbx.state().resolve("terminal.py");
        try (InputStream in = TerminalChecks.class.getResourceAsStream("terminal.py")) {
            Files.copy(in, script);
        }
        List<String> line = new ArrayList<>(List.of("python3", script.toString(), name));
        line.add(jsbx.command());
        line.addAll(jsbx.run(options));
        Result result = JsbxProgram.finish(jsbx.startAny(line), new byte[0]);
        assertThat(result.out()).as(result.err()).isEqualTo("as it should be\n");
        if (options.length == 0) {
            jsbx.awaitNothingLeft();
        }
    }
}
