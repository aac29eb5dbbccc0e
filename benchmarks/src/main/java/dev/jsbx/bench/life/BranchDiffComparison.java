package dev.jsbx.bench.life;

import dev.jsbx.bench.Comparison;
import dev.jsbx.bench.Median;
import dev.jsbx.cli.branch.BranchRecord;
import dev.jsbx.cli.branch.Branches;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code jsbx branch diff} of a branch in a repository of many files against {@code git diff}. */
public final class BranchDiffComparison implements Comparison {
    private static final int FILES = 10_000;
    private static final int TIMES = 9;

    private final Path jsbx;

    /**
     * @param jsbx the launcher
     */
    public BranchDiffComparison(Path jsbx) {
        this.jsbx = jsbx;
    }

    @Override
    public String name() {
        return "branch-diff";
    }

    @Override
    public String what() {
        return "branch diff of " + FILES + " files against git diff, and with 1 file changed";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        for (int changed : new int[] {FILES, FILES / 10, 1}) {
            Path root = Files.createTempDirectory("jsbx-branch-diff").toRealPath();
            try {
                measure(root, changed, out);
            } finally {
                SandboxStore.delete(root);
            }
        }
    }

    private void measure(Path root, int changed, PrintWriter out) throws Exception {
        Path project = Files.createDirectory(root.resolve("project"));
        git(root, project, "init", "-q", "-b", "main");
        write(project, 0, FILES, "line\n");
        git(root, project, "add", ".");
        git(root, project, "commit", "-q", "-m", "first");
        String[] create = {jsbx.toString(), "create", "-q", "--name", "box", "--branch", "work"};
        call(root, project, create);
        Path state = root.resolve("jsbx/sandboxes/box");
        try (FileLock run = Sandbox.at(state).tryRun().orElseThrow()) {
            Sandbox.at(state).noteRun(); // as a guest's, at whose end its work comes back
            write(BranchRecord.cloneOf(state), 0, changed, "changed\n");
        }
        Branches.bringBack(state);
        compare(root, project, changed, out);
        compare(root, project, changed, out, "--stat");
    }

    private void compare(Path root, Path project, int changed, PrintWriter out, String... options)
            throws Exception {
        List<String> our = new ArrayList<>(List.of(jsbx.toString(), "branch", "diff"));
        our.addAll(List.of("--name", "box"));
        our.addAll(List.of(options));
        List<String> git = new ArrayList<>(List.of("git", "diff"));
        git.addAll(List.of(options));
        git.addAll(List.of("main", "work"));
        double ours = median(root, project, our.toArray(String[]::new));
        double gits = median(root, project, git.toArray(String[]::new));
        String what = String.join(" ", our.subList(1, 3)) + " " + String.join(" ", options);
        out.printf(
                "%-44s %8.0f ms  git diff %.0f ms  %.2fx, at most 2%n",
                what.strip() + ", " + changed + " of " + FILES + " files", ours, gits, ours / gits);
    }

    private static void write(Path tree, int from, int to, String line) throws IOException {
        for (int i = from; i < to; i++) {
            Path file = tree.resolve("d" + i % 100 + "/f" + i);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "same\n" + line.repeat(i % 20 + 1) + i + "\n");
        }
    }

    private static double median(Path root, Path in, String... words) throws Exception {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            call(root, in, words);
            all.add((System.nanoTime() - begin) / 1e6);
        }
        return Median.of(all);
    }

    private static void git(Path root, Path in, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("git", "-c", "user.name=n"));
        line.addAll(List.of("-c", "user.email=e@example.com"));
        line.addAll(List.of(words));
        call(root, in, line.toArray(String[]::new));
    }

    private static void call(Path root, Path in, String... words)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).directory(in.toFile());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("XDG_STATE_HOME", root.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", words) + ": " + err.strip());
        }
    }
}
