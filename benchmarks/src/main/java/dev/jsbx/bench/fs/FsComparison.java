package dev.jsbx.bench.fs;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Comparison;
import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The shared directory against virtiofsd, row by row. */
public final class FsComparison implements Comparison {
    private static final int PAIRS = Integer.getInteger("jsbx.bench.pairs", 5);
    private static final Pattern ROWS = Pattern.compile(System.getProperty("jsbx.bench.rows", ""));
    private static final long DEADLINE_SECONDS = 3600;
    private static final String MARK = "@@row";

    /** Nothing to set up before it runs. */
    public FsComparison() {}

    @Override
    public String name() {
        return "virtio-fs";
    }

    @Override
    public String what() {
        return "the shared directory against virtiofsd, in one guest, row by row";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        List<Row> rows = Row.all().stream().filter(row -> ROWS.matcher(row.name()).find()).toList();
        Results results = new Results();
        try (Workspace workspace = Workspace.make();
                CProgram program = CProgram.compile(getClass(), "fs-rows.c", "-static");
                Server ours = Server.jsbx(workspace.ours(), workspace.socket("jsbx"));
                Server theirs =
                        Server.virtiofsd(workspace.theirs(), workspace.socket("virtiofsd"));
                QemuGuest guest = boot(program, ours, theirs, script(rows))) {
            ours.onEnd(guest::kill);
            theirs.onEnd(guest::kill);
            if (guest.awaitExit(DEADLINE_SECONDS) != 0) {
                throw new IOException("the guest failed:\n" + guest.output());
            }
            parse(guest.output(), rows, results);
        }
        results.print(out);
        Path chart = Path.of("virtio-fs.svg").toAbsolutePath();
        results.draw(chart);
        out.println("chart: " + chart);
    }

    private static QemuGuest boot(CProgram program, Server ours, Server theirs, String script)
            throws IOException {
        return new GuestConfig()
                .memoryMib(1024)
                .module("virtiofs")
                .executable("/bin/fs-rows", program.binary())
                .program("fio")
                .program("git")
                .program("tar")
                .file(".gitconfig", gitConfig())
                .vhostUser("vhost-user-fs-device", ours.socket(), device("jsbx", 2))
                .vhostUser("vhost-user-fs-device", theirs.socket(), device("virtiofsd", 1))
                .script(script)
                .boot();
    }

    private static byte[] gitConfig() {
        return "[safe]\n\tdirectory = *\n".getBytes(StandardCharsets.UTF_8);
    }

    /** virtiofsd of QEMU 7.2 has one request queue; jsbx gets one for each vCPU, as in use. */
    private static String[] device(String tag, int queues) {
        return new String[] {"tag=" + tag, "num-request-queues=" + queues, "queue-size=1024"};
    }

    /** Each row on both sides in turns; the side that begins changes from round to round. */
    private static String script(List<Row> rows) {
        StringBuilder script =
                new StringBuilder(
                        """
                        set -e
                        mkdir /a /b
                        mount -t virtiofs jsbx /a
                        mount -t virtiofs virtiofsd /b
                        cp /a/payload.tar /tmp/
                        cold() { sync; echo 3 > /proc/sys/vm/drop_caches; }
                        for d in /a /b; do
                            git -C $d/repo status --porcelain
                            fs-rows $d write 256 > /dev/null
                        done
                        """);
        for (int pair = 0; pair < PAIRS; pair++) {
            String order = pair % 2 == 0 ? "/a /b" : "/b /a";
            for (int row = 0; row < rows.size(); row++) {
                script.append("for D in ").append(order).append("; do\n");
                script.append(rows.get(row).prepare()).append(" > /dev/null\n");
                script.append(rows.get(row).cold() ? "cold\n" : "");
                script.append("t=$(").append(rows.get(row).command()).append(")\n");
                script.append("echo ").append(MARK).append(' ').append(row);
                script.append(" $D $t\ndone\n");
            }
        }
        return script.toString();
    }

    private static void parse(String console, List<Row> rows, Results results) {
        for (String line : console.lines().filter(l -> l.startsWith(MARK)).toList()) {
            String[] words = line.split(" ");
            Row row = rows.get(Integer.parseInt(words[1]));
            results.add(row, words[2].equals("/a"), Double.parseDouble(words[3]));
        }
    }

    /** Two directories of the same content on one disk. */
    private record Workspace(Path root) implements AutoCloseable {
        private static final int REPOSITORY_FILES = 5000;
        private static final int TAR_FILES = 4000;
        private static final int TAR_FILE_BYTES = 12 << 10;

        static Workspace make() throws IOException, InterruptedException {
            Path root = Files.createTempDirectory(Path.of("/var/tmp"), "jsbx-fs-bench");
            Workspace workspace = new Workspace(root);
            Path first = Files.createDirectory(workspace.ours());
            fill(first.resolve("repo"), REPOSITORY_FILES, 200);
            run(first.resolve("repo"), "git", "init", "-q");
            run(first.resolve("repo"), "git", "add", ".");
            run(
                    first.resolve("repo"),
                    "git",
                    "-c",
                    "user.name=n",
                    "-c",
                    "user.email=e",
                    "commit",
                    "-qm",
                    "m");
            fill(root.resolve("payload"), TAR_FILES, TAR_FILE_BYTES);
            run(root, "tar", "-cf", first.resolve("payload.tar").toString(), "payload");
            run(root, "cp", "-a", first.toString(), workspace.theirs().toString());
            return workspace;
        }

        private static void fill(Path directory, int files, int bytes) throws IOException {
            String content =
                    IntStream.range(0, bytes / 10)
                            .mapToObj("%09d\n"::formatted)
                            .collect(Collectors.joining());
            for (int i = 0; i < files; i++) {
                Path parent =
                        Files.createDirectories(directory.resolve("d" + i / 500 + "/e" + i / 50));
                Files.writeString(parent.resolve("f" + i), i + "\n" + content);
            }
        }

        private static void run(Path directory, String... command)
                throws IOException, InterruptedException {
            Process process =
                    new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed");
            }
        }

        Path ours() {
            return root.resolve("a");
        }

        Path theirs() {
            return root.resolve("b");
        }

        Path socket(String name) {
            return root.resolve(name + ".sock");
        }

        @Override
        public void close() throws IOException {
            try {
                run(Path.of("/"), "rm", "-rf", root.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
