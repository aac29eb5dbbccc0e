package dev.jsbx.bench.fs;

import dev.jsbx.virtio.guest.Shell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One thing that is measured.
 *
 * @param name what the table calls it
 * @param prepare what is done before, and not measured
 * @param cold whether the guest's caches are dropped before
 * @param metadata whether it is about names and attributes, not data
 * @param command in the guest's shell; {@code $D} is the shared directory; prints seconds
 */
record Row(String name, String prepare, boolean cold, boolean metadata, String command) {
    private static final int FILES = Integer.getInteger("jsbx.bench.files", 10_000);
    private static final String EMPTY = "rm -rf $D/many; mkdir $D/many";
    private static final String FULL =
            "[ -e $D/many/f0 ] || { mkdir -p $D/many; fs-rows $D/many create " + FILES + "; }";

    private static final Pattern ROWS = Pattern.compile(System.getProperty("jsbx.bench.rows", ""));

    /** The host's, by its whole path: busybox has one of that name, which comes first. */
    private static final Path TAR = Shell.find("tar").orElse(Path.of("tar"));

    private static final String NPM =
            "/usr/lib/node_modules/npm/bin/npm-cli.js ci --offline --cache /tmp/npm-cache --no-audit"
                    + " --no-fund --ignore-scripts";

    /** Whether a row of that name is to be measured: {@code -Djsbx.bench.rows=PATTERN}. */
    static boolean wanted(String name) {
        return ROWS.matcher(name).find();
    }

    /** The rows, in an order in which each finds what it needs. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>(always());
        if (Workspace.NPM) {
            String command = "fs-rows $D/project run node " + NPM;
            rows.add(
                    new Row(
                            "npm ci, 68 packages",
                            "rm -rf $D/project/node_modules",
                            true,
                            false,
                            command));
        }
        return rows;
    }

    private static List<Row> always() {
        return List.of(
                data("sequential write, 1 MiB blocks, fsync", rows("write 256")),
                data("sequential read, 1 MiB blocks", rows("read 256")),
                data("random read, 4 KiB, depth 1", fio("randread", 1, 4000)),
                data("random read, 4 KiB, depth 16", fio("randread", 16, 8000)),
                data("random write, 4 KiB, depth 1", fio("randwrite", 1, 4000)),
                data("random write, 4 KiB, depth 16", fio("randwrite", 16, 8000)),
                metadata("create", EMPTY),
                metadata("stat", FULL),
                metadata("readdir", FULL),
                metadata("unlink", FULL),
                new Row("git status, 5000 files, cold", "true", true, true, git()),
                new Row("git status, 5000 files, warm", git(), false, true, git()),
                new Row(
                        "unpack a tar of 50 MB",
                        "rm -rf $D/unpacked; mkdir $D/unpacked",
                        true,
                        false,
                        "fs-rows $D/unpacked run " + TAR + " -xf /tmp/payload.tar"));
    }

    private static Row data(String name, String command) {
        return new Row(name, "true", true, false, command);
    }

    private static Row metadata(String what, String prepare) {
        String command = "fs-rows $D/many " + what + " " + FILES;
        return new Row(what + " " + FILES + " files", prepare, true, true, command);
    }

    private static String rows(String what) {
        return "fs-rows $D " + what;
    }

    private static String git() {
        return "fs-rows $D/repo run git status --porcelain";
    }

    /** Seconds for so many requests. */
    private static String fio(String pattern, int depth, int requests) {
        return "fio --name=r --directory=$D --filename=big --rw=%s --bs=4k --size=256m --direct=1"
                        .formatted(pattern)
                + " --ioengine=libaio --iodepth=%d --number_ios=%d --randseed=7"
                        .formatted(depth, requests)
                + " --output-format=terse | awk -F';' '{ iops = $8 + $49; printf \"%.4f\\n\", "
                + requests
                + " / iops }'";
    }
}
