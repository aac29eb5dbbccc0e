package dev.jsbx.bench.fs;

import java.util.List;

/**
 * One thing that is measured.
 *
 * @param name what the table calls it
 * @param cold whether the guest's caches are dropped before
 * @param metadata whether it is about names and attributes, not data
 * @param command in the guest's shell; {@code $D} is the shared directory; prints seconds
 */
record Row(String name, boolean cold, boolean metadata, String command) {
    private static final int FILES = 10_000;

    /** The rows, in an order in which each finds what it needs. */
    static List<Row> all() {
        return List.of(
                new Row("sequential write, 1 MiB blocks, fsync", true, false, rows("write 256")),
                new Row("sequential read, 1 MiB blocks", true, false, rows("read 256")),
                new Row("random read, 4 KiB, depth 1", true, false, fio("randread", 1, 4000)),
                new Row("random read, 4 KiB, depth 16", true, false, fio("randread", 16, 8000)),
                new Row("random write, 4 KiB, depth 1", true, false, fio("randwrite", 1, 4000)),
                new Row("random write, 4 KiB, depth 16", true, false, fio("randwrite", 16, 8000)),
                new Row("create " + FILES + " files", true, true, rows("create " + FILES)),
                new Row("stat " + FILES + " files", true, true, rows("stat " + FILES)),
                new Row("readdir of " + FILES, true, true, rows("readdir " + FILES)),
                new Row("unlink " + FILES + " files", true, true, rows("unlink " + FILES)),
                new Row("git status, 5000 files, cold", true, true, git()),
                new Row("git status, 5000 files, warm", false, true, git()),
                new Row("unpack a tar of 50 MB", true, false, tar()));
    }

    private static String rows(String what) {
        return "fs-rows $D " + what;
    }

    private static String git() {
        return "fs-rows $D/repo run git status --porcelain";
    }

    private static String tar() {
        return "rm -rf $D/unpacked; mkdir $D/unpacked;"
                + " fs-rows $D/unpacked run tar -xf /tmp/payload.tar";
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
