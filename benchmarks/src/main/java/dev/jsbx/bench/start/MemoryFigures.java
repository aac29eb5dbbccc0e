package dev.jsbx.bench.start;

import dev.jsbx.bench.Comparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resident memory of the processes behind one sandbox, without the guest's own memory. */
public final class MemoryFigures implements Comparison {
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");

    private final Path jsbx;
    private final String engine;

    /**
     * @param jsbx the launcher
     * @param engine to run on
     */
    public MemoryFigures(Path jsbx, String engine) {
        this.jsbx = jsbx;
        this.engine = engine;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String what() {
        return "resident memory of a sandbox's processes beside the guest's memory";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        List<String> command = new ArrayList<>(JsbxRun.command(jsbx, engine));
        command.addAll(List.of("sh", "-c", "echo ready; read x"));
        Process run = new ProcessBuilder(command).start();
        try {
            if (run.getInputStream().read() < 0) {
                throw new IOException(
                        new String(run.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            out.printf("%-34s %9s %9s%n", "engine " + engine, "RSS MiB", "own MiB");
            for (ProcessHandle process : run.descendants().toList()) {
                print(out, process);
            }
        } finally {
            run.getOutputStream().close();
            run.waitFor();
        }
    }

    private static void print(PrintWriter out, ProcessHandle process) throws IOException {
        Optional<String> name = nameOf(process.pid());
        if (name.isEmpty()) {
            return;
        }
        long resident = 0;
        long own = 0;
        boolean guest = false;
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                guest = bytes(mapping) == JsbxRun.MEMORY;
            } else if (!guest && line.startsWith("Rss:")) {
                resident += kilobytes(line);
            } else if (!guest && line.startsWith("Private_")) {
                own += kilobytes(line);
            }
        }
        out.printf("%-34s %9.1f %9.1f%n", name.get(), resident / 1024.0, own / 1024.0);
    }

    private static long bytes(Matcher mapping) {
        return Long.parseUnsignedLong(mapping.group(2), 16)
                - Long.parseUnsignedLong(mapping.group(1), 16);
    }

    private static Optional<String> nameOf(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
            return line.contains("VmmProcess")
                    ? Optional.of("VMM process (JVM)")
                    : line.contains("qemu-system") ? Optional.of("QEMU") : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
