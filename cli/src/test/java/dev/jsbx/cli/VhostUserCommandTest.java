package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jsbx.cli.vhostuser.FsServer;
import dev.jsbx.virtio.fs.Share;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be served is refused in one line, and nothing is left. */
class VhostUserCommandTest {
    @TempDir Path directory;
    private Path shared;

    @BeforeEach
    void makeShare() throws IOException {
        shared = Files.createDirectory(directory.resolve("shared"));
    }

    private void refused(int code, String message, Path socket, Path share, String... more)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("vhost-user", "fs"));
        words.addAll(List.of("--socket-path", socket.toString()));
        words.addAll(List.of("--shared-dir", share.toString()));
        words.addAll(List.of(more));
        PrintStream stderr = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        boolean existed = Files.exists(socket);
        try {
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            assertThat(Jsbx.run(words.toArray(String[]::new))).isEqualTo(code);
        } finally {
            System.setErr(stderr);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("jsbx: " + message + "\n");
        assertThat(Files.exists(socket)).isEqualTo(existed);
    }

    private Path socket() {
        return directory.resolve("socket");
    }

    @Test
    void whatIsNoDirectory() throws IOException {
        Path none = directory.resolve("none");
        refused(
                1,
                "cannot share " + none + ": No such file or directory: create it first",
                socket(),
                none);
        Path file = Files.writeString(directory.resolve("file"), "");
        refused(
                1,
                "cannot share " + file + ": Not a directory: name the directory that holds" + " it",
                socket(),
                file);
    }

    @Test
    void whatItsOwnerMayNotRead() throws Exception {
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("-wx------"));
        if (Files.isReadable(shared)) {
            // Root reads everything; served as another user, it is as that user sees it.
            int chown = new ProcessBuilder("chown", "4711:4711", "" + shared).start().waitFor();
            assumeTrue(chown == 0, "cannot give the directory to another user");
        }
        refused(
                1,
                "cannot share "
                        + shared
                        + ": Permission denied: make it readable, or choose another",
                socket(),
                shared);
    }

    @Test
    void whatHasNoExtendedAttributes() throws IOException {
        refused(
                1,
                "cannot share /proc: its file system has no extended attributes: choose a"
                        + " directory on another",
                socket(),
                Path.of("/proc"));
    }

    @Test
    void pathsThatNoVmmTakes() throws IOException {
        String rest =
                " has a comma or a control character in its path: rename it, or bind mount it"
                        + " elsewhere";
        Path comma = Files.createDirectory(directory.resolve("a,b"));
        refused(1, "the shared directory " + comma + rest, socket(), comma);
        Path line = Files.createDirectory(directory.resolve("a\nb"));
        String shown = directory.resolve("a?b").toString();
        refused(1, "the shared directory " + shown + rest, socket(), line);
        Path socket = directory.resolve("s,t");
        refused(1, "the socket " + socket + rest, socket, shared);
    }

    @Test
    void socketsInUse() throws IOException {
        String next = ": choose another --socket-path";
        String inUse = ": Address already in use: ";
        try (FsServer first = FsServer.start("t", socket(), Share.of(shared), line -> {})) {
            refused(
                    1,
                    "cannot listen at " + socket() + inUse + "somebody serves it" + next,
                    socket(),
                    shared);
        }
        Path file = Files.writeString(directory.resolve("file"), "kept");
        refused(1, "cannot listen at " + file + inUse + "it is no socket" + next, file, shared);
        assertThat(file).hasContent("kept");
        Path none = directory.resolve("no/socket");
        refused(1, "cannot listen at " + none + ": No such file or directory" + next, none, shared);
    }

    @Test
    void optionsThatMeanNothing() throws IOException {
        refused(
                2,
                "--cache some: choose none, auto or always",
                socket(),
                shared,
                "--cache",
                "some");
        refused(2, "--tag \"\": choose one of 1 to 36 bytes", socket(), shared, "--tag", "");
        refused(
                2,
                "--guard ../x is not beneath the shared directory: write it as seen from there, as"
                        + " .git/hooks",
                socket(),
                shared,
                "--guard",
                "../x");
        refused(
                2,
                "--guest-owner me: write two numbers, as 1000:1000",
                socket(),
                shared,
                "--guest-owner",
                "me");
    }
}
