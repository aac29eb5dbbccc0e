package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What of the host is inside, and what is not. */
final class IsolationChecks {
    private IsolationChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("no keys, no tokens", IsolationChecks::nothing),
                new Check("its own kernel", IsolationChecks::kernel),
                new Check("the workspace, both ways", IsolationChecks::bothWays),
                new Check("a read-only directory", IsolationChecks::readOnly),
                new Check("nothing beside the workspace", IsolationChecks::beside),
                new Check("two at once share nothing", IsolationChecks::twoAtOnce));
    }

    private static void nothing(JsbxProgram jsbx) throws Exception {
        Result result =
                jsbx.call(
                        jsbx.run("sh", "-c", "ls ~/.ssh; ls ~/.aws; env | grep -i token; exit 0"));
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines())
                .hasSize(2)
                .allMatch(line -> line.endsWith("No such file or directory"));
    }

    private static void kernel(JsbxProgram jsbx) throws Exception {
        String host = Files.readString(Path.of("/proc/version")).split(" ")[2];
        Result result = jsbx.call(jsbx.run("uname", "-r"));
        assertThat(result.out().strip()).isNotEqualTo(host).contains("cloud-amd64");
    }

    private static void bothWays(JsbxProgram jsbx) throws Exception {
        Files.writeString(jsbx.workspace().resolve("from-host"), "hello guest\n");
        String script =
                "cat from-host; echo hello host > from-guest; echo ready; read x; cat later; pwd";
        Process process = jsbx.start(jsbx.run("sh", "-c", script));
        JsbxProgram.awaitLine(process, "hello guest\nready\n");
        assertThat(jsbx.workspace().resolve("from-guest")).hasContent("hello host");
        Files.writeString(jsbx.workspace().resolve("later"), "seen at once\n");
        Result result = JsbxProgram.finish(process, "\n".getBytes());
        assertThat(result.out()).isEqualTo("seen at once\n" + jsbx.workspace() + "\n");
    }

    private static void readOnly(JsbxProgram jsbx) throws Exception {
        Path other = Files.createDirectory(jsbx.workspace().resolveSibling("other"));
        Files.writeString(other.resolve("file"), "read me\n");
        String script = "cat " + other + "/file; touch " + other + "/new";
        Result result = jsbx.call(jsbx.run("-v", other + ":ro", "sh", "-c", script));
        assertThat(result.out()).isEqualTo("read me\n");
        assertThat(result.err()).contains("Read-only file system");
        assertThat(other.resolve("new")).doesNotExist();
    }

    private static void beside(JsbxProgram jsbx) throws Exception {
        Files.writeString(jsbx.workspace().resolveSibling("secret"), "of the host");
        Result result = jsbx.call(jsbx.run("sh", "-c", "ls -A ..; ls -A /root /home; exit 0"));
        assertThat(result.out()).startsWith("ws\n").doesNotContain("secret");
    }

    private static void twoAtOnce(JsbxProgram jsbx) throws Exception {
        String script = "echo $0 > /tmp/mine; hostname; echo ready; read x; cat /tmp/mine";
        Process one = jsbx.start(jsbx.run("sh", "-c", script, "one"));
        Process two = jsbx.start(jsbx.run("sh", "-c", script, "two"));
        JsbxProgram.awaitLine(one, "ready\n");
        JsbxProgram.awaitLine(two, "ready\n");
        assertThat(JsbxProgram.finish(one, "\n".getBytes()).out()).isEqualTo("one\n");
        assertThat(JsbxProgram.finish(two, "\n".getBytes()).out()).isEqualTo("two\n");
        jsbx.awaitNothingLeft();
    }
}
