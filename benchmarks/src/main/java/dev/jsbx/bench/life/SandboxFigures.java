package dev.jsbx.bench.life;

import dev.jsbx.bench.Comparison;
import dev.jsbx.bench.Median;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Listing twenty sandboxes, a command in a running one against the same command asked of the
 * guest's agent directly, and four starts at once against one after the other.
 */
public final class SandboxFigures implements Comparison {
    private static final int SANDBOXES = 20;
    private static final int AT_ONCE = 4;
    private static final int TIMES = 15;

    private final Path jsbx;

    /**
     * @param jsbx the launcher
     */
    public SandboxFigures(Path jsbx) {
        this.jsbx = jsbx;
    }

    @Override
    public String name() {
        return "sandboxes";
    }

    @Override
    public String what() {
        return "ls of 20 sandboxes, exec against the agent's own, 4 starts at once against in turn";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        Path state = Files.createTempDirectory("jsbx-sandboxes");
        try {
            for (int i = 0; i < SANDBOXES; i++) {
                call(state, "create", "-q", "--image", "minimal", "-m", "512m", "--name", name(i));
            }
            out.printf("%-44s %8.0f ms%n", "ls of " + SANDBOXES, median(state, "ls"));
            inTurn(state, out);
            exec(state, out);
            memory(state, out);
        } finally {
            call(state, "rm", "-f", "--all");
            SandboxStore.delete(state);
        }
    }

    private static String name(int i) {
        return "box" + i;
    }

    private void inTurn(Path state, PrintWriter out) throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < AT_ONCE; i++) {
            call(state, "start", name(i));
        }
        double turns = millisSince(begin);
        for (int i = 0; i < AT_ONCE; i++) {
            call(state, "stop", name(i));
        }
        begin = System.nanoTime();
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            all.add(start(state, "start", name(i)));
        }
        for (Process one : all) {
            finish(one);
        }
        double together = millisSince(begin);
        out.printf("%-44s %8.0f ms%n", AT_ONCE + " starts, one after the other", turns);
        out.printf(
                "%-44s %8.0f ms  %.2fx%n", AT_ONCE + " starts at once", together, together / turns);
    }

    private void exec(Path state, PrintWriter out) throws Exception {
        Path vsock = Sandbox.at(state.resolve("jsbx/sandboxes/" + name(0))).socket("vsock");
        List<Double> direct = new ArrayList<>();
        List<Double> command = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            try (AgentConnection agent = AgentConnection.connect(vsock);
                    Session session = agent.exec(ExecRequest.of("true").withUser("agent"))) {
                session.stdin().close();
                session.stdout().close();
                session.stderr().close();
                session.waitFor();
            }
            direct.add(millisSince(begin));
            begin = System.nanoTime();
            call(state, "exec", name(0), "true");
            command.add(millisSince(begin));
        }
        double ours = Median.of(command);
        double agents = Median.of(direct);
        out.printf("%-44s %8.0f ms%n", "the agent's own exec", agents);
        out.printf("%-44s %8.0f ms  %.0f ms more, at most 150%n", "jsbx exec", ours, ours - agents);
    }

    private static void memory(Path state, PrintWriter out) throws IOException {
        long vmm = 0;
        long qemu = 0;
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path proc = Path.of("/proc/" + process.pid());
            try {
                String line = Files.readString(proc.resolve("cmdline"));
                if (!line.contains(state.toString())) {
                    continue;
                }
                long share = proportional(Files.readAllLines(proc.resolve("smaps_rollup")));
                if (line.contains("VmmProcess")) {
                    vmm += share;
                } else if (line.contains("qemu-system")) {
                    qemu += share;
                }
            } catch (IOException e) {
                // It has ended.
            }
        }
        out.printf(
                "%-44s %8d MiB VMM, %d MiB QEMU and guest, each%n",
                "memory of " + AT_ONCE + ", shared pages shared out",
                (vmm >> 10) / AT_ONCE,
                (qemu >> 10) / AT_ONCE);
    }

    private static long proportional(List<String> smaps) {
        return smaps.stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    private double median(Path state, String... words) throws Exception {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            call(state, words);
            all.add(millisSince(begin));
        }
        return Median.of(all);
    }

    private static double millisSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }

    private void call(Path state, String... words) throws IOException, InterruptedException {
        finish(start(state, words));
    }

    private Process start(Path state, String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(jsbx.toString()));
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).directory(state.toFile());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("XDG_STATE_HOME", state.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static void finish(Process process) throws IOException, InterruptedException {
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(err.strip());
        }
    }
}
