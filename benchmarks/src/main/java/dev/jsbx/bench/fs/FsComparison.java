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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The shared directory against virtiofsd, row by row. */
public final class FsComparison implements Comparison {
    private static final int PAIRS = Integer.getInteger("jsbx.bench.pairs", 5);
    private static final long DEADLINE_SECONDS = Long.getLong("jsbx.bench.seconds", 7200);
    private static final long POLL_MILLIS = 200;
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
        List<Row> rows = Row.all().stream().filter(row -> Row.wanted(row.name())).toList();
        Results results = new Results();
        try (Workspace workspace = Workspace.make();
                CProgram program = CProgram.compile(getClass(), "fs-rows.c", "-static");
                Server ours = Server.jsbx(workspace.ours(), workspace.socket("jsbx"));
                Server theirs =
                        Server.virtiofsd(workspace.theirs(), workspace.socket("virtiofsd"));
                QemuGuest guest = boot(program, ours, theirs, script(rows))) {
            ours.onEnd(guest::kill);
            theirs.onEnd(guest::kill);
            if (!isOver(guest)) {
                out.println("stopped after " + DEADLINE_SECONDS + " s: rows may lack pairs");
            } else if (guest.awaitExit() != 0) {
                throw new IOException("the guest failed:\n" + guest.output());
            }
            parse(guest.output(), rows, results);
            results.print(out);
            out.flush();
        }
        Path chart = Path.of("virtio-fs.svg").toAbsolutePath();
        results.draw(chart);
        out.println("chart: " + chart);
    }

    private static boolean isOver(QemuGuest guest) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!guest.isOver()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    private static QemuGuest boot(CProgram program, Server ours, Server theirs, String script)
            throws IOException {
        GuestConfig guest = new GuestConfig();
        if (Workspace.NPM) {
            addNpm(guest);
        }
        return guest.memoryMib(Workspace.NPM ? 2048 : 1024)
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

    private static void addNpm(GuestConfig guest) throws IOException {
        guest.program("node");
        try (Stream<Path> files = Files.walk(Workspace.NPM_HOME)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                guest.file(file.toString(), Files.readAllBytes(file));
            }
        }
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
                        [ ! -e /a/npm.tar ] || tar -C /tmp -xf /a/npm.tar
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
}
