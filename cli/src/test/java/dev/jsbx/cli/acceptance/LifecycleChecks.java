package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sandboxes that outlive a command. */
final class LifecycleChecks {
    private LifecycleChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("made, used, stopped, started, copied, removed", LifecycleChecks::life),
                new Check("one name, several commands at once", LifecycleChecks::together),
                new Check("a detached command, and its log", LifecycleChecks::detached),
                new Check("a VMM process killed between two commands", LifecycleChecks::killed),
                new Check("stops by itself when nobody uses it", LifecycleChecks::idle),
                new Check("what is not there or will not do", LifecycleChecks::refused));
    }

    private static Result ok(JsbxProgram jsbx, String... words) throws Exception {
        Result result = jsbx.call(List.of(words));
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    private static void create(JsbxProgram jsbx, String name) throws Exception {
        List<String> words = new ArrayList<>(jsbx.run("--name", name));
        words.set(0, "create");
        assertThat(jsbx.call(words).out()).isEqualTo(name + "\n");
    }

    private static void life(JsbxProgram jsbx) throws Exception {
        create(jsbx, "box");
        assertThat(ok(jsbx, "ls").out()).contains("box").contains("stopped");
        assertThat(ok(jsbx, "exec", "-u", "root", "-w", "/etc", "box", "pwd").out())
                .isEqualTo("/etc\n");
        assertThat(ok(jsbx, "ls").out()).contains("running");
        assertThat(jsbx.call(List.of("exec", "box", "sh", "-c", "exit 7")).code()).isEqualTo(7);
        byte[] input = "to the guest".getBytes(StandardCharsets.UTF_8);
        Result echoed = jsbx.call(List.of("exec", "-i", "-e", "A=b", "box", "cat"), input);
        assertThat(echoed.bytes()).isEqualTo(input);
        copies(jsbx);
        assertThat(ok(jsbx, "stop", "box").out()).isEqualTo("Sandbox 'box' stopped\n");
        assertThat(ok(jsbx, "inspect", "box").out()).contains("the guest powered off");
        assertThat(ok(jsbx, "start", "box").out()).isEqualTo("Sandbox 'box' started\n");
        assertThat(ok(jsbx, "inspect", "--json", "box").out()).contains("\"kept\":true");
        assertThat(ok(jsbx, "rm", "-f", "box").out()).isEqualTo("Sandbox 'box' removed\n");
        jsbx.awaitNothingLeft();
    }

    private static void copies(JsbxProgram jsbx) throws Exception {
        Path tree = Files.createDirectories(jsbx.state().resolve("tree/deep"));
        Files.writeString(tree.resolve("file"), "content");
        ok(jsbx, "cp", tree.getParent().toString(), "box:/tmp/copy");
        assertThat(ok(jsbx, "exec", "box", "cat", "/tmp/copy/deep/file").out())
                .isEqualTo("content");
        ok(jsbx, "cp", "box:/tmp/copy", jsbx.state().toString());
        assertThat(jsbx.state().resolve("copy/deep/file")).hasContent("content");
    }

    private static void together(JsbxProgram jsbx) throws Exception {
        List<Process> all = new ArrayList<>();
        List<String> run = jsbx.run("--name", "box", "sh", "-c", "echo $$; read x");
        for (int i = 0; i < 4; i++) {
            all.add(jsbx.start(run));
        }
        for (Process one : all) {
            JsbxProgram.awaitLine(one, "\n");
        }
        assertThat(jsbx.vmms()).hasSize(1);
        for (Process one : all) {
            assertThat(JsbxProgram.finish(one, new byte[] {'\n'}).code()).isZero();
        }
    }

    private static void detached(JsbxProgram jsbx) throws Exception {
        List<String> run =
                jsbx.run("--name", "box", "--idle", "0s", "-d", "sh", "-c", "sleep 2; echo done");
        Result started = jsbx.call(run);
        assertThat(started.out()).as(started.err()).isEqualTo("box\n");
        assertThat(ok(jsbx, "logs", "-f", "box").out()).isEqualTo("done\n");
        JsbxProgram.await("the end", () -> jsbx.guests().isEmpty());
    }

    private static void killed(JsbxProgram jsbx) throws Exception {
        // The smallest image has no disk to find anything on again.
        List<String> run = jsbx.run("--image", "default", "--name", "box");
        run.addAll(List.of("sh", "-c", "echo 1 > ~/f; sync"));
        assertThat(jsbx.call(run).code()).isZero();
        jsbx.vmms().forEach(ProcessHandle::destroyForcibly);
        JsbxProgram.await("the end", () -> jsbx.guests().isEmpty());
        assertThat(ok(jsbx, "ls").out()).contains("stopped");
        assertThat(ok(jsbx, "inspect", "box").out()).contains("its VMM process was killed");
        assertThat(ok(jsbx, "run", "-q", "box", "sh", "-c", "cat ~/f").out()).isEqualTo("1\n");
    }

    private static void idle(JsbxProgram jsbx) throws Exception {
        assertThat(jsbx.call(jsbx.run("--name", "box", "--idle", "1s", "true")).code()).isZero();
        JsbxProgram.await("the end", () -> jsbx.guests().isEmpty());
        assertThat(ok(jsbx, "inspect", "box").out()).contains("the guest powered off");
    }

    private static void refused(JsbxProgram jsbx) throws Exception {
        create(jsbx, "box");
        refuse(jsbx, 1, "sandbox 'nope' not found: see jsbx ls", "exec", "nope", "true");
        refuse(jsbx, 1, "sandbox 'nope' not found: see jsbx ls", "stop", "nope");
        refuse(jsbx, 1, "sandbox 'nope' not found: see jsbx ls", "cp", "nope:/x", ".");
        refuse(jsbx, 2, "no command to run in box: name one after the sandbox", "exec", "box");
        refuse(jsbx, 2, "neither side is a sandbox's: write one as SANDBOX:PATH", "cp", "a", "b");
        refuse(
                jsbx,
                1,
                "copying between sandboxes is not supported: copy to this host first",
                "cp",
                "box:/a",
                "box:/b");
        refuse(
                jsbx,
                2,
                "the sandbox's path x is not absolute: begin it with /",
                "cp",
                "box:x",
                ".");
        refuse(
                jsbx,
                2,
                "--tty needs a terminal, and standard input or output is none: leave it out",
                "exec",
                "-it",
                "box",
                "sh");
        List<String> again = new ArrayList<>(jsbx.run("--name", "box"));
        again.set(0, "create");
        Result taken = jsbx.call(again);
        assertThat(taken.err())
                .isEqualTo("jsbx: a sandbox named box exists: choose another --name\n");
        assertThat(taken.code()).isEqualTo(125);
        refuse(
                jsbx,
                2,
                "the idle time soon is none: write it as 30s, 5m, 1h or off",
                "run",
                "--idle",
                "soon",
                "true");
        assertThat(jsbx.left()).containsExactly("box");
    }

    private static void refuse(JsbxProgram jsbx, int code, String reason, String... words)
            throws Exception {
        Result result = jsbx.call(List.of(words));
        assertThat(result.err()).isEqualTo("jsbx: " + reason + "\n");
        assertThat(result.code()).isEqualTo(code);
    }
}
