package dev.jsbx.cli.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.dashboard.SandboxPanel.Row;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keys do, and what is then shown on 80 by 24 characters. */
class DashboardTest {
    private static final String DOWN = "\033[B";

    @TempDir private Path audit;
    private final List<String> done = new ArrayList<>();
    private List<String> shown = List.of();
    private int marked;
    private boolean lent;

    private final Screen screen =
            new Screen() {
                @Override
                public int columns() {
                    return 80;
                }

                @Override
                public int rows() {
                    return 24;
                }

                @Override
                public void show(List<String> lines, int line) {
                    shown = lines;
                    marked = line;
                }

                @Override
                public void lend() {
                    lent = true;
                }

                @Override
                public void takeBack() {
                    lent = false;
                }
            };

    private final Commands commands =
            new Commands() {
                @Override
                public int onTerminal(List<String> words) {
                    assertThat(lent).isTrue();
                    done.add("on the terminal: " + String.join(" ", words));
                    return 3;
                }

                @Override
                public void beside(List<String> words, Consumer<String> said) {
                    done.add(String.join(" ", words));
                    said.accept("did it");
                }
            };

    private static List<Row> rows(int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean running = i % 2 == 0;
            rows.add(
                    new Row(
                            "box-" + i,
                            running ? "running" : "stopped",
                            running ? 12.4 : 0,
                            running ? 300L << 20 : 0,
                            "",
                            "",
                            "detail of " + i));
        }
        return rows;
    }

    private void press(List<Row> rows, String keys) throws Exception {
        byte[] bytes = (keys + "q").getBytes(StandardCharsets.US_ASCII);
        new Dashboard(
                        screen,
                        new Keys(new ByteArrayInputStream(bytes)),
                        commands,
                        new SandboxPanel(() -> rows),
                        new NetworkPanel(audit))
                .loop();
        assertThat(shown).hasSize(24).allMatch(line -> line.length() <= 80);
    }

    @Test
    void showsWhatTheSandboxesUse() throws Exception {
        press(rows(3), DOWN);
        assertThat(shown.get(0)).isEqualTo("jsbx  Sandboxes  (3)");
        assertThat(shown.get(2)).startsWith("  box-0 ").contains("running", "12%", "300 MiB");
        assertThat(shown.get(3)).startsWith("> box-1 ").contains("stopped");
        assertThat(marked).isEqualTo(3);
        assertThat(shown.get(21)).isEqualTo("detail of 1");
    }

    @Test
    void keysAreCommandsOnTheChosenOne() throws Exception {
        press(rows(3), "s" + DOWN + "s\rx");
        assertThat(done)
                .containsExactly(
                        "stop box-0",
                        "start box-1",
                        "on the terminal: run box-1",
                        "on the terminal: exec -it box-1 bash");
        assertThat(shown.get(22)).isEqualTo("jsbx exec -it box-1 bash ended with 3");
    }

    @Test
    void removingAsksFirst() throws Exception {
        press(rows(2), "rn" + DOWN + "ry");
        assertThat(done).containsExactly("rm -f box-1");
        assertThat(shown.get(22)).isEqualTo("did it");
    }

    @Test
    void theChosenOneStaysInSightAmongMany() throws Exception {
        press(rows(100), "j".repeat(70));
        assertThat(shown.get(marked)).startsWith("> box-70 ");
        press(rows(100), "j".repeat(200));
        assertThat(shown.get(marked)).startsWith("> box-99 ");
    }

    @Test
    void withoutSandboxesThereIsAWayOn() throws Exception {
        press(List.of(), "srx\r" + DOWN);
        assertThat(done).isEmpty();
        assertThat(shown.get(21)).isEqualTo("No sandboxes: jsbx run claude . makes one");
    }

    @Test
    void tabShowsTheNetwork() throws Exception {
        press(rows(1), "\tad");
        assertThat(shown.get(0)).startsWith("jsbx  Network");
        assertThat(done).isEmpty();
    }

    @Test
    void controlCharactersOfNamesDoNotReachTheTerminal() {
        assertThat(Text.cell("a\033[2Jb", 8)).isEqualTo("a?[2Jb  ");
        assertThat(Text.cell("abcdef", 4)).isEqualTo("abc~");
    }
}
