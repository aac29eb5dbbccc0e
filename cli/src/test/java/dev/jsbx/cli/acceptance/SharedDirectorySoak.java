package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The shared directory for long: with {@code -Djsbx.soak=true} part of {@link SoakIT}. {@code
 * -Djsbx.soak.operations} and {@code -Djsbx.seed} choose how many random operations are done, and
 * which.
 */
final class SharedDirectorySoak {
    private static final Duration LONG = Duration.ofHours(2);
    private static final int OPERATIONS = Integer.getInteger("jsbx.soak.operations", 500_000);

    /**
     * Not about the shared directory, or about what FUSE does not have (leases, attribute flags,
     * verity), or without end.
     */
    private static final String EXCLUDED =
            "procfs,sysfs,full,null,zero,dev,dev-shm,binderfs,lease,verity,inode-flags,ioprio,"
                    + "fiemap,chattr,dirmany,apparmor,ramfs,tun,loop,rawdev,hdd,filename";

    private SharedDirectorySoak() {}

    static List<Check> all() {
        return List.of(
                new Check(
                        OPERATIONS + " random operations, twice",
                        jsbx -> SharedDirectoryChecks.exercise(jsbx, OPERATIONS, LONG)),
                new Check("stress-ng's file system stressors", SharedDirectorySoak::stress),
                new Check("fio verifies what it wrote", SharedDirectorySoak::fio),
                new Check(
                        "git, 5000 files, while the host edits",
                        jsbx -> SharedDirectoryChecks.git(jsbx, 5000, 20, LONG)),
                new Check("npm install", SharedDirectorySoak::npm),
                new Check(
                        "tar, 2000 files", jsbx -> python(jsbx, "tree.py", ".", "/tmp/t", "2000")),
                new Check("SQLite", jsbx -> python(jsbx, "sqlite.py", ".", "4", "200")),
                new Check("100 000 files", jsbx -> python(jsbx, "many.py", ".", "100000")),
                new Check("a file over 4 GiB", SharedDirectorySoak::large));
    }

    private static Result shell(JsbxProgram jsbx, String script) throws Exception {
        List<String> run = SharedDirectoryChecks.run(jsbx, "bash", "-c", script);
        Result result = SharedDirectoryChecks.call(jsbx, run, LONG);
        System.out.print(result.out());
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        return result;
    }

    private static void python(JsbxProgram jsbx, String script, String... arguments)
            throws Exception {
        GuestTools.script(jsbx, script);
        shell(jsbx, "python3 " + script + " " + String.join(" ", arguments));
    }

    private static void large(JsbxProgram jsbx) throws Exception {
        python(jsbx, "large.py", "large");
        assertThat(Files.size(jsbx.workspace().resolve("large"))).isEqualTo((1L << 32) + 5);
    }

    private static void stress(JsbxProgram jsbx) throws Exception {
        String stress = String.join(" ", GuestTools.program(jsbx, "stress-ng"));
        Result result =
                shell(
                        jsbx,
                        "mkdir t; %s --class filesystem --sequential 2 -t 3 --verify -x %s --temp-path t 2>&1"
                                        .formatted(stress, EXCLUDED)
                                + "; code=$?; ls -A t | head; [ $code = 0 ] || [ $code = 4 ]");
        assertThat(result.out()).doesNotContain(" fail: ");
    }

    private static void fio(JsbxProgram jsbx) throws Exception {
        String fio = String.join(" ", GuestTools.program(jsbx, "fio"));
        String common =
                " --verify=crc32c --verify_fatal=1 --size=24m --bsrange=1k-96k --end_fsync=1"
                        + " --output-format=terse --group_reporting --loops=2 --numjobs=2";
        StringBuilder script = new StringBuilder("set -e\n");
        for (String how :
                List.of(
                        "psync --rw=randwrite",
                        "psync --rw=randrw --direct=1 --blockalign=4k --bsrange=4k-64k",
                        "libaio --rw=randwrite --direct=1 --iodepth=16 --blockalign=4k"
                                + " --bsrange=4k-64k",
                        "mmap --rw=randwrite",
                        "io_uring --rw=randwrite --iodepth=8",
                        "sync --rw=write --overwrite=1")) {
            script.append(fio).append(common).append(" --name=j").append(script.length());
            script.append(" --ioengine=").append(how).append(" > /tmp/out || { cat /tmp/out;");
            script.append(" exit 1; }\necho verified: ").append(how).append('\n');
        }
        assertThat(shell(jsbx, script.toString()).out().lines()).hasSize(6);
    }

    /** Needs npm and its registry on the host; the guest installs from the host's cache. */
    private static void npm(JsbxProgram jsbx) throws Exception {
        Path project = Files.createDirectory(jsbx.workspace().resolve("project"));
        Files.writeString(
                project.resolve("package.json"),
                """
                {"name": "p", "version": "1.0.0", "private": true, "dependencies":
                 {"express": "4.21.2", "lodash": "4.17.21", "yargs": "17.7.2", "eslint": "8.57.1"}}
                """);
        String ci = "npm install --cache ../npm-cache --no-audit --no-fund --ignore-scripts";
        // With the packages' addresses, by which npm finds them in its cache.
        String addresses = " --omit-lockfile-registry-resolved=false";
        GuestTools.call(
                jsbx,
                "sh",
                "-c",
                "cd project && " + ci + addresses + " && mv node_modules ../host");
        Path npm = Path.of("/usr/lib/node_modules/npm");
        GuestTools.call(jsbx, "cp", "-a", npm.toString(), "npm");
        List<String> node = GuestTools.program(jsbx, "node");
        String offline =
                ci.replace(
                        "npm install",
                        String.join(" ", inParent(node)) + " ../npm/bin/npm-cli.js ci --offline");
        shell(
                jsbx,
                "set -e; cd project; %s; diff -r --no-dereference node_modules ../host; cp package-lock.json /tmp; %s; cmp package-lock.json /tmp/package-lock.json; %s -e 'require(\"express\"); console.log(Object.keys(require(\"yargs\")).length > 0)'"
                        .formatted(
                                offline,
                                offline.replace(" ci ", " install "),
                                String.join(" ", inParent(node))));
    }

    private static List<String> inParent(List<String> words) {
        List<String> all = new ArrayList<>();
        words.forEach(word -> all.add(word.startsWith("tools") ? "../" + word : word));
        return all;
    }
}
