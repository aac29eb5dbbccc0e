package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Exit codes, standard streams, signals, environment. */
final class StreamChecks {
    private static final int MANY = 100_000_000;

    private StreamChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("exit code 0", jsbx -> exits(jsbx, "exit 0", 0)),
                new Check("exit code 7", jsbx -> exits(jsbx, "exit 7", 7)),
                new Check("killed by signal 9: exit code 137", StreamChecks::killed),
                new Check("command not found: 127", StreamChecks::notFound),
                new Check("command not executable: 126", StreamChecks::notExecutable),
                new Check("stdout and stderr stay apart", StreamChecks::apart),
                manyBytes(),
                new Check("a reader that goes away ends the writer", StreamChecks::brokenPipe),
                new Check("SIGTERM reaches the command", jsbx -> signal(jsbx, "TERM", 15)),
                new Check("SIGQUIT reaches the command", jsbx -> signal(jsbx, "QUIT", 3)),
                new Check("SIGUSR2 reaches the command", jsbx -> signal(jsbx, "USR2", 12)),
                new Check("environment and work directory", StreamChecks::environment));
    }

    static Check manyBytes() {
        return new Check("100 MB from stdin to stdout", StreamChecks::many);
    }

    private static void exits(JsbxProgram jsbx, String script, int code) throws Exception {
        Result result = jsbx.call(jsbx.run("sh", "-c", script));
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isEqualTo(code);
        jsbx.awaitNothingLeft();
    }

    private static void killed(JsbxProgram jsbx) throws Exception {
        assertThat(jsbx.call(jsbx.run("sh", "-c", "kill -9 $$")).code()).isEqualTo(137);
    }

    private static void notFound(JsbxProgram jsbx) throws Exception {
        Result result = jsbx.call(jsbx.run("no-such-command"));
        assertThat(result.err()).startsWith("jsbx: no-such-command cannot run in the guest: ");
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.code()).isEqualTo(127);
    }

    private static void notExecutable(JsbxProgram jsbx) throws Exception {
        Result result = jsbx.call(jsbx.run("/etc/passwd"));
        assertThat(result.err()).startsWith("jsbx: /etc/passwd cannot run in the guest: ");
        assertThat(result.code()).isEqualTo(126);
    }

    private static void apart(JsbxProgram jsbx) throws Exception {
        Result result =
                jsbx.call(jsbx.run("sh", "-c", "echo out; echo err >&2; printf '\\0\\377'"));
        assertThat(result.err()).isEqualTo("err\n");
        assertThat(result.bytes()).isEqualTo(new byte[] {'o', 'u', 't', '\n', 0, (byte) 0xff});
    }

    private static void many(JsbxProgram jsbx) throws Exception {
        byte[] data = new byte[MANY];
        new Random(1).nextBytes(data);
        Result result = jsbx.call(jsbx.run("cat"), data);
        assertThat(result.err()).isEmpty();
        assertThat(result.bytes()).hasSize(MANY);
        assertThat(sha256(result.bytes())).isEqualTo(sha256(data));
    }

    private static String sha256(byte[] data) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    }

    private static void brokenPipe(JsbxProgram jsbx) throws Exception {
        Process yes = jsbx.start(jsbx.run("yes"));
        JsbxProgram.awaitLine(yes, "y");
        yes.getInputStream().close();
        JsbxProgram.await("the end of yes", () -> !yes.isAlive());
        jsbx.awaitNothingLeft();
    }

    private static void signal(JsbxProgram jsbx, String name, int number) throws Exception {
        String script =
                "trap 'echo got; exit 9' " + name + "; echo ready; while :; do sleep 1; done";
        Process process = jsbx.start(jsbx.run("sh", "-c", script));
        JsbxProgram.awaitLine(process, "ready");
        new ProcessBuilder("kill", "-" + number, Long.toString(process.pid())).start().waitFor();
        JsbxProgram.awaitLine(process, "got");
        assertThat(JsbxProgram.finish(process, new byte[0]).code()).isEqualTo(9);
    }

    private static void environment(JsbxProgram jsbx) throws Exception {
        Result result =
                jsbx.call(
                        jsbx.run(
                                "-e",
                                "A=b c",
                                "--env",
                                "HOST_TOKEN",
                                "-w",
                                "/etc",
                                "sh",
                                "-c",
                                "echo \"$A|$HOST_TOKEN\"; pwd; whoami"));
        assertThat(result.out()).isEqualTo("b c|this stays on the host\n/etc\nagent\n");
    }
}
