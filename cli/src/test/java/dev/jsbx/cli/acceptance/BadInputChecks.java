package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is refused: one line with thing, reason and next step, and nothing half-made. */
final class BadInputChecks {
    private BadInputChecks() {}

    static List<Check> all() {
        return List.of(
                usage("--cpus 0", "--cpus 0 is not possible: use 1 to 8"),
                usage("--cpus x", "--cpus x is not possible: use 1 to 8"),
                usage(
                        "-m 1",
                        "the memory size 1 is less than a Linux guest needs: use 128m or more"),
                usage("-m 9q", "the memory size 9q is no size: write it as 512m or 2g"),
                usage("--engine magic", "there is no engine magic: use auto, kvm or qemu"),
                usage(
                        "--name .x",
                        "the name .x starts or ends with a hyphen or period: use"
                                + " letters, digits, hyphens and periods"),
                usage(
                        "--network ajar",
                        "there is no network mode ajar: use open, balanced, locked-down, none, or"
                                + " policy for what jsbx policy says"),
                usage(
                        "-p 70000",
                        "the port 70000 is out of range: write [[IP:]HOST:]GUEST[/tcp|udp] with"
                                + " ports from 1 to 65535, such as 8080:3000"),
                usage(
                        "-p 80 --network none",
                        "--publish needs a network: leave out --network none"),
                usage("-e =x", "the variable =x has no name: write it as NAME=value"),
                usage("-w here", "the work directory here is not absolute: begin it with /"),
                usage("--env-file none", "the environment file none cannot be read: no such file"),
                usage(
                        "--detach-keys alt-x",
                        "the detach keys alt-x are none: write them as ctrl-p,ctrl-q, or \"\""),
                usage(
                        "-t",
                        "--tty needs a terminal, and standard input or output is none: leave it"
                                + " out"),
                own(
                        "-v /no/such/directory",
                        "the workspace /no/such/directory does not exist: change to a project"
                                + " directory"),
                own(
                        "-v /etc/passwd",
                        "the file /etc/passwd would hide the guest's own: share a copy of it"),
                own("-v /dev/null", "the workspace /dev/null is not a directory: name one that is"),
                own(
                        "-v /etc",
                        "the workspace /etc would hide the guest's own system: change to a project"
                                + " directory"),
                new Check("the workspace is /", BadInputChecks::workspaceIsRoot),
                new Check("no such image", BadInputChecks::noImage));
    }

    private static Check usage(String options, String message) {
        return new Check("run " + options, jsbx -> refused(jsbx, options, 2, message));
    }

    private static Check own(String options, String message) {
        return new Check("run " + options, jsbx -> refused(jsbx, options, 125, message));
    }

    private static void refused(JsbxProgram jsbx, String options, int code, String message)
            throws Exception {
        List<String> words = new ArrayList<>(jsbx.run(options.split(" ")));
        words.add("true");
        Result result = jsbx.call(words);
        assertThat(result.err()).isEqualTo("jsbx: " + message + "\n");
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isEqualTo(code);
        assertThat(jsbx.left()).isEmpty();
    }

    private static void workspaceIsRoot(JsbxProgram jsbx) throws Exception {
        Process process =
                jsbx.startAny(List.of("sh", "-c", "cd / && exec " + jsbx.command() + " run true"));
        Result result = JsbxProgram.finish(process, new byte[0]);
        assertThat(result.err())
                .isEqualTo(
                        "jsbx: the workspace is /, all of this host: change to a project"
                                + " directory\n");
        assertThat(result.code()).isEqualTo(125);
    }

    private static void noImage(JsbxProgram jsbx) throws Exception {
        List<String> words = new ArrayList<>(jsbx.run("--image", "nope", "true"));
        Result result = jsbx.call(words);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).startsWith("jsbx: ").contains("nope");
        assertThat(result.code()).isEqualTo(125);
        assertThat(Files.exists(Path.of(jsbx.state() + "/jsbx/sandboxes"))).isFalse();
    }
}
