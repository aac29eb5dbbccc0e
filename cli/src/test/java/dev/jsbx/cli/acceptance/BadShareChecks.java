package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Directories that cannot be shared, and sockets that cannot be listened at. */
final class BadShareChecks {
    private static final int NOBODY = 65534;

    private BadShareChecks() {}

    static List<Check> all() {
        return List.of(
                serve("missing", "cannot share %s: No such file or directory: create it first"),
                serve("file", "cannot share %s: Not a directory: name the directory that holds it"),
                serve(
                        "with,comma",
                        "the shared directory %s has a comma or a control character in its path:"
                                + " rename it, or bind mount it elsewhere"),
                serve(
                        "proc",
                        "cannot share %s: its file system has no extended attributes: choose a"
                                + " directory on another"),
                new Check("vhost-user fs at a socket in use", BadShareChecks::socketInUse),
                new Check("vhost-user fs of what is unreadable", BadShareChecks::unreadableServed),
                new Check("run in what is unreadable", BadShareChecks::unreadable),
                new Check("run in a directory with a comma", BadShareChecks::odd));
    }

    private static Check serve(String directory, String message) {
        return new Check(
                "vhost-user fs of " + directory,
                jsbx -> {
                    Files.createDirectory(jsbx.workspace().resolve("with,comma"));
                    Files.createFile(jsbx.workspace().resolve("file"));
                    Path link = jsbx.workspace().resolve("proc");
                    Files.createSymbolicLink(link, Path.of("/proc/self"));
                    Path shared = jsbx.workspace().resolve(directory);
                    Result result = JsbxProgram.finish(start(jsbx, shared), new byte[0]);
                    refused(result, 1, message.formatted(shared));
                    assertThat(jsbx.workspace().resolve("socket")).doesNotExist();
                });
    }

    private static List<String> words(JsbxProgram jsbx, Path shared) {
        Path socket = jsbx.workspace().resolve("socket");
        return List.of(
                "vhost-user",
                "fs",
                "--socket-path",
                socket.toString(),
                "--shared-dir",
                shared.toString());
    }

    private static Process start(JsbxProgram jsbx, Path shared) throws Exception {
        return jsbx.start(words(jsbx, shared));
    }

    private static void refused(Result result, int code, String message) {
        assertThat(result.err()).isEqualTo("jsbx: " + message + "\n");
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isEqualTo(code);
    }

    private static void socketInUse(JsbxProgram jsbx) throws Exception {
        Path socket = jsbx.workspace().resolve("socket");
        Process first = start(jsbx, jsbx.workspace());
        JsbxProgram.await("the first server's socket", () -> Files.exists(socket));
        refused(
                JsbxProgram.finish(start(jsbx, jsbx.workspace()), new byte[0]),
                1,
                "cannot listen at "
                        + socket
                        + ": Address already in use: somebody serves it: choose another"
                        + " --socket-path");
        assertThat(first.isAlive()).isTrue();
        first.destroy();
    }

    /** By nobody in particular, if the check is made as root. */
    private static Result withoutPrivilege(JsbxProgram jsbx, Path from, List<String> words)
            throws Exception {
        List<String> line = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            String id = Integer.toString(NOBODY);
            for (Path path : List.of(jsbx.workspace(), jsbx.state())) {
                Files.setAttribute(path, "unix:uid", NOBODY);
            }
            // What is on the way to them is the user's own.
            Files.setPosixFilePermissions(
                    jsbx.workspace().getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            line.addAll(List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"));
        }
        line.addAll(List.of("env", "--chdir=" + from, jsbx.command()));
        line.addAll(words);
        return JsbxProgram.finish(jsbx.startAny(line), new byte[0]);
    }

    private static Path locked(JsbxProgram jsbx) throws Exception {
        Path locked = Files.createDirectory(jsbx.workspace().resolve("locked"));
        return Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("--x--x--x"));
    }

    private static void unreadableServed(JsbxProgram jsbx) throws Exception {
        Path locked = locked(jsbx);
        refused(
                withoutPrivilege(jsbx, jsbx.workspace(), words(jsbx, locked)),
                1,
                "cannot share "
                        + locked
                        + ": Permission denied: make it readable, or choose another");
    }

    private static void unreadable(JsbxProgram jsbx) throws Exception {
        Path locked = locked(jsbx);
        refused(
                withoutPrivilege(jsbx, locked, jsbx.run("true")),
                125,
                "the workspace " + locked + " cannot be read: check its permissions");
        assertThat(jsbx.left()).isEmpty();
    }

    /** It can be: only QEMU's options could not say it, and they need not. */
    private static void odd(JsbxProgram jsbx) throws Exception {
        Path odd = Files.createDirectory(jsbx.workspace().resolve("with,comma\nand line"));
        List<String> words = new ArrayList<>(List.of("env", "--chdir=" + odd, jsbx.command()));
        words.addAll(jsbx.run("--network", "none", "sh", "-c", "echo > made; pwd"));
        Result result = JsbxProgram.finish(jsbx.startAny(words), new byte[0]);
        assertThat(result.out()).isEqualTo(odd + "\n");
        assertThat(odd.resolve("made")).exists();
    }
}
