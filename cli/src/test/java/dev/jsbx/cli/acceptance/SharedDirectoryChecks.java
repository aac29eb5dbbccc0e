package dev.jsbx.cli.acceptance;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The shared directory under what programs do to directories. {@link #all} is the short part;
 * {@link SharedDirectorySoak} does more of the same, and what takes long.
 */
final class SharedDirectoryChecks {
    private static final Duration SHORT = Duration.ofSeconds(480);

    private SharedDirectoryChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("random operations on files", jsbx -> exercise(jsbx, 1000, SHORT)),
                new Check("tar, SQLite and many files", jsbx -> programs(jsbx, 100, 8, 400)),
                new Check("git while the host edits", jsbx -> git(jsbx, 150, 2, SHORT)),
                new Check("who waits for a lock", SharedDirectoryChecks::lockWaits),
                new Check("killed while the guest writes", SharedDirectoryChecks::killed),
                new Check("files are the directory's owner's", SharedDirectoryChecks::ownership),
                new Check("single files", SharedDirectoryChecks::singleFiles));
    }

    /** {@code jsbx run} in the default image, which has the programs that agents use. */
    static List<String> run(JsbxProgram jsbx, String... words) {
        List<String> line = new ArrayList<>(jsbx.run());
        line.set(line.indexOf("minimal"), "default");
        line.addAll(List.of("--network", "none", "--"));
        line.addAll(List.of(words));
        return line;
    }

    /** Two files at once; the seed is another each time, and is told. */
    static void exercise(JsbxProgram jsbx, int operations, Duration patience) throws Exception {
        GuestTools.compile(jsbx, "exercise-file");
        long seed = Long.getLong("jsbx.seed", System.nanoTime() & 0xffffff);
        String script =
                "./exercise-file a %1$d %2$d & first=$!; ./exercise-file b %1$d %3$d && wait $first"
                        .formatted(operations, seed, seed + 1);
        Result result = call(jsbx, jsbx.run("--network", "none", "sh", "-c", script), patience);
        assertThat(result.code()).as("seed %d: %s", seed, result.err()).isZero();
        assertThat(result.out().lines()).hasSize(2).allMatch(l -> l.contains("operations of seed"));
        // What the guest read back is what the host has.
        long size = Files.size(jsbx.workspace().resolve("a"));
        assertThat(result.out()).contains(", " + size + " bytes at the end");
    }

    private static void programs(JsbxProgram jsbx, int tree, int transactions, int files)
            throws Exception {
        for (String script : List.of("tree.py", "sqlite.py", "many.py")) {
            GuestTools.script(jsbx, script);
        }
        String script =
                "set -e; python3 tree.py . /tmp/tree %d; python3 sqlite.py . 2 %d; python3 many.py . %d"
                        .formatted(tree, transactions, files);
        Result result = call(jsbx, run(jsbx, "sh", "-c", script), SHORT);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out().lines()).hasSize(4);
    }

    /** Whoever runs jsbx: root for another user's directory, where the check is made as root. */
    private static void ownership(JsbxProgram jsbx) throws Exception {
        Path workspace = jsbx.workspace();
        Files.writeString(workspace.resolve("others"), "of another user\n");
        if (System.getProperty("user.name").equals("root")) {
            GuestTools.call(jsbx, "chown", "4711:4711", workspace.toString());
            GuestTools.call(jsbx, "chmod", "600", "others");
        } else {
            GuestTools.call(jsbx, "chmod", "000", "others");
        }
        String script =
                "touch by-root; su agent -c 'touch by-agent'; stat -c %u:%g by-*; chown agent by-root;"
                        + " chmod 4755 by-root; chown 55 by-root; cat others";
        Result result = jsbx.call(jsbx.run("--network", "none", "-u", "root", "sh", "-c", script));
        assertThat(result.out()).isEqualTo("1000:1000\n1000:1000\n");
        assertThat(result.err().lines()).hasSize(2);
        for (String name : List.of("by-root", "by-agent")) {
            Path file = workspace.resolve(name);
            assertThat(Files.getOwner(file)).isEqualTo(Files.getOwner(workspace));
            assertThat((int) Files.getAttribute(file, "unix:mode") & 07000).isZero();
        }
    }

    /** At their own paths, one of them beneath the workspace, with odd names; and nothing else. */
    private static void singleFiles(JsbxProgram jsbx) throws Exception {
        Path beside = Files.createTempDirectory("jsbx,single file");
        Path file = Files.writeString(beside.resolve("a,b: c"), "of the host\n");
        Files.writeString(beside.resolve("secret"), "not shared\n");
        Path kept = Files.writeString(jsbx.workspace().resolve("kept"), "kept\n");
        String script =
                "f='%s'; cat \"$f\"; echo of the guest >> \"$f\"; echo > /tmp/new; mv /tmp/new \"$f\";"
                        + " ls \"${f%%/*}\"; echo > '%s'";
        script = script.formatted(file, kept);
        Result result =
                jsbx.call(
                        jsbx.run(
                                "--network",
                                "none",
                                "-v",
                                file.toString(),
                                "-v",
                                kept + ":ro",
                                "sh",
                                "-c",
                                script));
        assertThat(result.out()).isEqualTo("of the host\na,b: c\n");
        assertThat(result.err()).contains("can't rename", "Read-only file system");
        assertThat(file).hasContent("of the host\nof the guest");
        assertThat(kept).hasContent("kept");
        for (Path path : List.of(file, beside.resolve("secret"), beside)) {
            Files.delete(path);
        }
    }

    private static void lockWaits(JsbxProgram jsbx) throws Exception {
        GuestTools.script(jsbx, "lock-waits.py");
        Path file = jsbx.workspace().resolve("host");
        try (FileChannel held = FileChannel.open(file, CREATE_NEW, WRITE)) {
            held.lock();
            Result result = call(jsbx, run(jsbx, "python3", "lock-waits.py"), SHORT);
            assertThat(result.code()).as(result.out() + result.err()).isZero();
            assertThat(result.out().lines()).hasSize(6);
        }
    }

    /** What the guest was told is written, is, as after the crash of a local process. */
    private static void killed(JsbxProgram jsbx) throws Exception {
        String script =
                "i=0; while :; do i=$((i + 1)); printf '%07d\\n' $i >> log; printf '%07d\\n' $i >"
                        + " tmp; mv tmp last; echo $i; done";
        Process process = jsbx.start(jsbx.run("--network", "none", "sh", "-c", script));
        JsbxProgram.awaitLine(process, "\n50\n", SHORT);
        jsbx.vmms().forEach(ProcessHandle::destroyForcibly);
        Result result = JsbxProgram.finish(process, new byte[0], SHORT);
        assertThat(result.code()).isEqualTo(125);
        List<String> told = result.out().lines().toList();
        List<String> log = Files.readAllLines(jsbx.workspace().resolve("log"));
        int last = told.isEmpty() ? 50 : Integer.parseInt(told.getLast().strip());
        assertThat(log).hasSizeGreaterThanOrEqualTo(last);
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i)).isEqualTo("%07d".formatted(i + 1));
        }
        int renamed = Integer.parseInt(Files.readString(jsbx.workspace().resolve("last")).strip());
        assertThat(renamed).isBetween(last, log.size());
    }

    /** See {@code git.sh}. */
    static void git(JsbxProgram jsbx, int files, int rounds, Duration patience) throws Exception {
        repository(jsbx, files);
        GuestTools.script(jsbx, "git.sh");
        Process process = jsbx.start(run(jsbx, "sh", "git.sh", Integer.toString(rounds)));
        Path clone = jsbx.workspace().resolve("clone");
        JsbxProgram.awaitLine(process, "cloned\n", patience);
        AtomicBoolean over = new AtomicBoolean();
        Thread editor = Thread.ofPlatform().start(() -> edit(clone.resolve("ignored"), over));
        answer(process);
        JsbxProgram.awaitLine(process, "watched\n", patience);
        over.set(true);
        editor.join();
        Path changed = clone.resolve("d0/f0");
        String before = Files.readString(changed);
        Files.writeString(changed, "of the host\n");
        Files.delete(clone.resolve("d0/f1"));
        Files.writeString(clone.resolve("d0/new"), "new\n");
        // Attributes and names may be a second old.
        Thread.sleep(1100);
        answer(process);
        JsbxProgram.awaitLine(process, " M d0/f0\n D d0/f1\n?? d0/new\n", patience);
        Files.writeString(changed, before);
        Files.writeString(clone.resolve("d0/f1"), "1 of 0\n");
        Files.delete(clone.resolve("d0/new"));
        Thread.sleep(1100);
        Result result = JsbxProgram.finish(process, new byte[] {'\n'}, patience);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).endsWith("done\n");
        GuestTools.call(jsbx, "git", "-C", "clone", "fsck", "--full", "--strict");
        assertThat(GuestTools.call(jsbx, "git", "-C", "clone", "status", "--porcelain")).isEmpty();
    }

    private static void repository(JsbxProgram jsbx, int files) throws Exception {
        Path source = Files.createDirectory(jsbx.workspace().resolve("source"));
        String[] git = {
            "git", "-C", source.toString(), "-c", "user.name=n", "-c", "user.email=e@x"
        };
        GuestTools.call(jsbx, with(git, "init", "-q", "-b", "main", "."));
        Files.writeString(source.resolve(".gitignore"), "ignored\n");
        for (int commit = 0; commit < 3; commit++) {
            for (int i = 0; i < files; i++) {
                Path parent = Files.createDirectories(source.resolve("d" + i / 100));
                Files.writeString(
                        parent.resolve("f" + i), i + " of " + (i == 1 ? 0 : commit) + "\n");
            }
            GuestTools.call(jsbx, with(git, "add", "."));
            GuestTools.call(jsbx, with(git, "commit", "-qm", "commit " + commit));
        }
        GuestTools.call(jsbx, "git", "clone", "-q", "--bare", "source", "big.git");
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** What an editor or a build of the host does beside the guest: writes, renames, removes. */
    private static void edit(Path directory, AtomicBoolean over) {
        try {
            Files.createDirectories(directory);
            for (int i = 0; !over.get(); i++) {
                Path file = directory.resolve("f" + i % 50);
                Path temporary = directory.resolve("tmp" + i);
                Files.writeString(temporary, "x".repeat(i % 5000));
                Files.move(temporary, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                if (i % 3 == 0) {
                    Files.delete(file);
                }
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void answer(Process process) throws java.io.IOException {
        process.getOutputStream().write("\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Runs jsbx to its end, for as long as it takes. */
    static Result call(JsbxProgram jsbx, List<String> words, Duration patience) throws Exception {
        return JsbxProgram.finish(jsbx.start(words), new byte[0], patience);
    }
}
