package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands killed (SIGKILL) just before one of their changes to the file system, each in turn:
 * {@code strace} counts the system calls and sends the signal. Whatever is left, the next command
 * copes with it. With {@code -Djsbx.faults=all} every point is tried, else the first few.
 */
final class FaultChecks {
    private static final int KILLED = 128 + 9;
    private static final boolean ALL = "all".equals(System.getProperty("jsbx.faults"));
    private static final int POINTS = ALL ? 200 : 4;
    // What start and stop do is said over sockets and done by processes.
    private static final String STEPS = "connect,bind,execve,mkdir,rename,unlink,unlinkat,rmdir";
    private static final String CHANGES = "mkdir,rename,renameat,unlink,unlinkat,rmdir,link,linkat";

    private FaultChecks() {}

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("create, killed at each of its steps", FaultChecks::create));
        checks.add(new Check("rm, killed at each of its steps", FaultChecks::remove));
        checks.add(new Check("branch merge, killed at each of its steps", FaultChecks::merge));
        if (ALL) { // a guest boots at each point
            checks.add(new Check("start, killed at each of its steps", FaultChecks::start));
            checks.add(new Check("stop, killed at each of its steps", FaultChecks::stop));
        }
        return checks;
    }

    /** Whether it was killed: it has no such point if not. */
    private static boolean isKilledAt(JsbxProgram jsbx, int point, List<String> words)
            throws Exception {
        List<String> line = strace(CHANGES, point);
        line.add(jsbx.command());
        line.addAll(words);
        Result result = JsbxProgram.finish(jsbx.startAny(line), new byte[0]);
        if (result.code() == KILLED) {
            return true;
        }
        assertThat(result.code()).as(result.err()).isZero();
        return false;
    }

    // It counts for each thread by itself: a start's VMM process is killed at its own steps, too.
    private static List<String> strace(String calls, int point) {
        List<String> line = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", "/dev/null"));
        line.addAll(List.of("-e", "trace=" + calls));
        line.addAll(List.of("-e", "inject=" + calls + ":signal=KILL:when=" + point));
        return line;
    }

    private static Result ok(JsbxProgram jsbx, String... words) throws Exception {
        Result result = jsbx.call(List.of(words));
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    private static List<String> creation(JsbxProgram jsbx) {
        List<String> words = new ArrayList<>(jsbx.run("--name", "box"));
        words.set(0, "create");
        return words;
    }

    private static void create(JsbxProgram jsbx) throws Exception {
        for (int point = 1; point <= POINTS; point++) {
            boolean killed = isKilledAt(jsbx, point, creation(jsbx));
            ok(jsbx, "ls");
            Result again = jsbx.call(creation(jsbx));
            assertThat(again.code() == 0 || again.err().contains("a sandbox named box exists"))
                    .as(again.err())
                    .isTrue();
            ok(jsbx, "rm", "-f", "box");
            assertThat(jsbx.left()).as("after being killed at %d", point).isEmpty();
            if (!killed) {
                return;
            }
        }
    }

    private static void start(JsbxProgram jsbx) throws Exception {
        assertThat(jsbx.call(creation(jsbx)).code()).isZero();
        for (int point = 1; point <= POINTS; point++) {
            boolean killed = isBrokenAt(jsbx, point, "start");
            ok(jsbx, "ls");
            // It runs, or is started by whoever needs it.
            String said = ok(jsbx, "exec", "box", "echo", "here").out();
            assertThat(said).as("after being killed at %d", point).isEqualTo("here\n");
            ok(jsbx, "stop", "box");
            JsbxProgram.await("the end of " + jsbx.guests(), () -> jsbx.guests().isEmpty());
            if (!killed) {
                break;
            }
        }
        ok(jsbx, "rm", "-f", "box");
        assertThat(jsbx.left()).isEmpty();
    }

    private static void stop(JsbxProgram jsbx) throws Exception {
        assertThat(jsbx.call(creation(jsbx)).code()).isZero();
        for (int point = 1; point <= POINTS; point++) {
            ok(jsbx, "start", "box");
            ok(jsbx, "exec", "box", "sh", "-c", "echo " + point + " > point && sync");
            boolean killed = isBrokenAt(jsbx, point, "stop");
            ok(jsbx, "ls");
            String said = ok(jsbx, "exec", "box", "cat", "point").out();
            assertThat(said).as("after being killed at %d", point).isEqualTo(point + "\n");
            ok(jsbx, "stop", "box");
            JsbxProgram.await("the end of " + jsbx.guests(), () -> jsbx.guests().isEmpty());
            if (!killed) {
                break;
            }
        }
        ok(jsbx, "rm", "-f", "box");
        assertThat(jsbx.left()).isEmpty();
    }

    // What is started goes on, and strace with it until it is told to let go.
    private static boolean isBrokenAt(JsbxProgram jsbx, int point, String verb) throws Exception {
        Path code = jsbx.state().resolve("code");
        Files.deleteIfExists(code);
        List<String> line = strace(STEPS, point);
        String script = "\"$1\" \"$2\" box; echo $? > \"$3.new\"; mv \"$3.new\" \"$3\"";
        line.addAll(List.of("sh", "-c", script, "sh", jsbx.command(), verb, code.toString()));
        Process strace = jsbx.startAny(line);
        JsbxProgram.await(verb + " to end", () -> Files.exists(code) || !strace.isAlive());
        strace.toHandle().destroyForcibly(); // which leaves its streams to be read
        Result result = JsbxProgram.finish(strace, new byte[0]);
        String said = Files.exists(code) ? Files.readString(code).strip() : "none";
        // Where it was another process that was killed, the command says so.
        assertThat(said.matches("0|137|none") || result.err().contains("jsbx: "))
                .as("%s: %s", said, result.err())
                .isTrue();
        return !said.equals("0");
    }

    private static void remove(JsbxProgram jsbx) throws Exception {
        for (int point = 1; point <= POINTS; point++) {
            assertThat(jsbx.call(creation(jsbx)).code()).isZero();
            boolean killed = isKilledAt(jsbx, point, List.of("rm", "-f", "box"));
            ok(jsbx, "ls");
            Result again = jsbx.call(List.of("rm", "-f", "box"));
            assertThat(again.code() == 0 || again.err().contains("not found"))
                    .as(again.err())
                    .isTrue();
            // The next command that makes something sweeps what is half removed.
            assertThat(jsbx.call(creation(jsbx)).code()).isZero();
            assertThat(jsbx.left()).as("after being killed at %d", point).containsExactly("box");
            ok(jsbx, "rm", "-f", "box");
            if (!killed) {
                return;
            }
        }
    }

    private static String git(JsbxProgram jsbx, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("git", "-c", "user.name=n"));
        line.addAll(List.of("-c", "user.email=e@example.com"));
        line.addAll(List.of(words));
        Result result = JsbxProgram.finish(jsbx.startAny(line), new byte[0]);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out().strip();
    }

    private static void merge(JsbxProgram jsbx) throws Exception {
        git(jsbx, "init", "-q", "-b", "main", ".");
        Files.writeString(jsbx.workspace().resolve("old"), "old\n");
        git(jsbx, "add", ".");
        git(jsbx, "commit", "-qm", "first");
        Result work =
                jsbx.call(
                        jsbx.run("--branch", "work", "--name", "box", "sh", "-c", "echo x > new"));
        assertThat(work.code()).as(work.err()).isZero();
        String first = git(jsbx, "rev-parse", "main");
        String done = git(jsbx, "rev-parse", "work");
        for (int point = 1; point <= POINTS; point++) {
            boolean killed = isKilledAt(jsbx, point, List.of("branch", "merge"));
            git(jsbx, "fsck", "--full", "--strict");
            assertThat(git(jsbx, "rev-parse", "work")).isEqualTo(done);
            assertThat(git(jsbx, "merge-base", "main", first)).isEqualTo(first);
            // As git itself, jsbx leaves a lock when it is killed, and a user removes it.
            for (String name : List.of("index", "HEAD", "refs/heads/main", "refs/heads/work")) {
                Files.deleteIfExists(jsbx.workspace().resolve(".git/" + name + ".lock"));
            }
            git(jsbx, "reset", "-q", "--hard", first);
            git(jsbx, "clean", "-qfd");
            if (!killed) {
                break;
            }
        }
        ok(jsbx, "branch", "merge");
        assertThat(jsbx.workspace().resolve("new")).hasContent("x");
    }
}
