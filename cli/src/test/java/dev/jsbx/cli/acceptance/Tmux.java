package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A terminal of 80 by 24 characters with a shell, played by a tmux server of its own. */
final class Tmux implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final JsbxProgram jsbx;
    private final String socket;

    /** Its shell's prompt is {@code host>}. */
    Tmux(JsbxProgram jsbx) throws IOException, InterruptedException {
        this.jsbx = jsbx;
        this.socket = jsbx.state().resolve("tmux").toString();
        call("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "bash", "--norc");
        type("PS1='host''> '; clear");
        await("host>");
    }

    private String call(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("tmux", "-S", socket));
        line.addAll(List.of(words));
        Result result = JsbxProgram.finish(jsbx.startAny(line), new byte[0]);
        assertThat(result.code()).as("%s: %s", line, result.err()).isZero();
        return result.out();
    }

    /** Types a line. */
    void type(String line) throws IOException, InterruptedException {
        call("send-keys", "-l", line);
        keys("Enter");
    }

    /** Presses keys, by tmux' names. */
    void keys(String... names) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("send-keys"));
        words.addAll(List.of(names));
        call(words.toArray(String[]::new));
    }

    String screen() throws IOException, InterruptedException {
        return call("capture-pane", "-p");
    }

    /** The screen with its escape sequences. */
    String colours() throws IOException, InterruptedException {
        return call("capture-pane", "-p", "-e");
    }

    /** The terminal's settings, as stty has them. */
    String settings() throws IOException, InterruptedException {
        type("clear; stty -g");
        await("^[0-9a-f]+:");
        return screen().lines().filter(line -> line.matches("[0-9a-f:]{20,}")).toList().toString();
    }

    /** Waits until a pattern is on the screen. */
    void await(String pattern) throws IOException, InterruptedException {
        Pattern wanted = Pattern.compile(pattern, Pattern.MULTILINE);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.matcher(screen()).find()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited for " + pattern + ", saw\n" + screen());
            }
            Thread.sleep(100);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        call("kill-server");
    }
}
