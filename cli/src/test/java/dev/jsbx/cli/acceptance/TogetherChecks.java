package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Many commands at once, and a host that sleeps between two moments of a guest. */
final class TogetherChecks {
    private static final int MANY = 20;
    private static final long ASLEEP_MILLIS = 5000;

    private TogetherChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("twenty creates of twenty names at once", TogetherChecks::manyNames),
                new Check("twenty creates of one name at once", TogetherChecks::oneName),
                new Check("created, listed and removed at once", TogetherChecks::churn),
                new Check("a guest that was suspended for a while", TogetherChecks::suspended));
    }

    private static List<String> create(JsbxProgram jsbx, String name) {
        List<String> words = new ArrayList<>(jsbx.run("--name", name));
        words.set(0, "create");
        return words;
    }

    private static List<Result> together(JsbxProgram jsbx, List<List<String>> lines)
            throws Exception {
        List<Process> all = new ArrayList<>();
        for (List<String> line : lines) {
            all.add(jsbx.start(line));
        }
        List<Result> results = new ArrayList<>();
        for (Process one : all) {
            results.add(JsbxProgram.finish(one, new byte[0]));
        }
        return results;
    }

    private static void manyNames(JsbxProgram jsbx) throws Exception {
        List<String> names = IntStream.range(10, 10 + MANY).mapToObj(i -> "box" + i).toList();
        List<Result> made = together(jsbx, names.stream().map(name -> create(jsbx, name)).toList());
        assertThat(made).allSatisfy(one -> assertThat(one.code()).as(one.err()).isZero());
        assertThat(made).extracting(Result::out).containsExactlyElementsOf(lines(names));
        assertThat(jsbx.call(List.of("ls", "-q")).out()).isEqualTo(String.join("", lines(names)));
        List<Result> removed =
                together(jsbx, names.stream().map(name -> List.of("rm", "-f", name)).toList());
        assertThat(removed).allSatisfy(one -> assertThat(one.code()).as(one.err()).isZero());
        jsbx.awaitNothingLeft();
    }

    private static List<String> lines(List<String> names) {
        return names.stream().map(name -> name + "\n").toList();
    }

    private static void oneName(JsbxProgram jsbx) throws Exception {
        List<Result> made =
                together(
                        jsbx, IntStream.range(0, MANY).mapToObj(i -> create(jsbx, "box")).toList());
        assertThat(made).filteredOn(one -> one.code() == 0).hasSize(1);
        assertThat(made)
                .filteredOn(one -> one.code() != 0)
                .allSatisfy(
                        one -> {
                            assertThat(one.err())
                                    .isEqualTo(
                                            "jsbx: a sandbox named box exists:"
                                                    + " choose another --name\n");
                            assertThat(one.code()).isEqualTo(125);
                        });
        assertThat(jsbx.left()).containsExactly("box");
    }

    private static void churn(JsbxProgram jsbx) throws Exception {
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i < MANY / 4; i++) {
            lines.add(create(jsbx, "box"));
            lines.add(List.of("rm", "-f", "box"));
            lines.add(List.of("ls", "--json"));
            lines.add(List.of("prune", "--dry-run"));
        }
        assertThat(together(jsbx, lines))
                .allSatisfy(
                        one ->
                                assertThat(one.code() == 0 || isToldOff(one.err()))
                                        .as(one.err())
                                        .isTrue());
        Result last = jsbx.call(List.of("rm", "-f", "box"));
        assertThat(last.code() == 0 || isToldOff(last.err())).as(last.err()).isTrue();
        jsbx.awaitNothingLeft();
    }

    private static boolean isToldOff(String err) {
        return err.matches("jsbx: [^\\n]*(exists|not found|another command)[^\\n]*\\n");
    }

    // As when a lid is closed: nothing of the sandbox runs while the world goes on.
    private static void suspended(JsbxProgram jsbx) throws Exception {
        assertThat(jsbx.call(create(jsbx, "box")).code()).isZero();
        Process session =
                jsbx.start(
                        List.of(
                                "exec",
                                "-i",
                                "box",
                                "sh",
                                "-c",
                                "echo ready; read word; echo $word; date +%s"));
        JsbxProgram.awaitLine(session, "ready\n");
        List<ProcessHandle> processes = jsbx.guests();
        signal("STOP", processes);
        Thread.sleep(ASLEEP_MILLIS);
        signal("CONT", processes);
        Result result = JsbxProgram.finish(session, "awake\n".getBytes());
        assertThat(result.code()).as(result.err()).isZero();
        String[] lines = result.out().split("\n");
        assertThat(lines[0]).isEqualTo("awake");
        assertThat(Long.parseLong(lines[1]))
                .isCloseTo(System.currentTimeMillis() / 1000, within(2L));
        assertThat(jsbx.call(List.of("exec", "box", "echo", "new")).out()).isEqualTo("new\n");
    }

    private static void signal(String name, List<ProcessHandle> processes)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> line.add(Long.toString(process.pid())));
        assertThat(new ProcessBuilder(line).start().waitFor()).isZero();
    }
}
