package dev.jsbx.cli.prove;

import dev.jsbx.cli.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of a running sandbox, and its guest's memory in them. */
public final class SandboxProcesses {
    private static final String MAIN = "dev.jsbx.cli.vmm.VmmProcess";
    private static final String MEMFD = "/memfd:";
    private static final long LEAST = 2 << 20; // bytes of a mapping that may be guest memory

    private final List<Path> processes; // below /proc; the VMM process first

    private SandboxProcesses(List<Path> processes) {
        this.processes = processes;
    }

    /** Those of a sandbox; empty if its VMM process is not there. */
    public static Optional<SandboxProcesses> of(Sandbox sandbox) {
        String directory = sandbox.directory().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> runs(process, directory))
                .findFirst()
                .map(SandboxProcesses::of);
    }

    /** A process and those that it started. */
    static SandboxProcesses of(ProcessHandle vmm) {
        return new SandboxProcesses(
                Stream.concat(Stream.of(vmm), vmm.descendants())
                        .map(process -> Path.of("/proc", Long.toString(process.pid())))
                        .toList());
    }

    private static boolean runs(ProcessHandle process, String directory) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline"));
            List<String> words = List.of(new String(line, StandardCharsets.UTF_8).split("\0", -1));
            int main = words.indexOf(MAIN);
            return main >= 0 && words.indexOf(directory) > main;
        } catch (IOException e) {
            return false; // it has ended, or is another user's
        }
    }

    /** What {@code ps} shows of them. */
    List<Path> commandLines() {
        return processes.stream().map(process -> process.resolve("cmdline")).toList();
    }

    /** Their environments. */
    List<Path> environments() {
        return processes.stream().map(process -> process.resolve("environ")).toList();
    }

    /**
     * The guest's memory: a file in memory that the processes share, or the VMM process's own
     * mappings that it keeps out of core dumps.
     *
     * @param bytes that the guest has
     * @throws IOException if that much is not found
     */
    List<Source> memory(long bytes) throws IOException {
        for (Path process : processes) {
            Optional<Source> file = sharedFile(process, bytes);
            if (file.isPresent()) {
                return List.of(file.get());
            }
        }
        List<Source> own = mappings(processes.getFirst());
        long found = own.stream().mapToLong(Source::length).sum();
        if (found < bytes) {
            throw new IOException(
                    "only "
                            + (found >> 20)
                            + " of "
                            + (bytes >> 20)
                            + " MiB of guest memory found in "
                            + processes.getFirst());
        }
        return own;
    }

    private static Optional<Source> sharedFile(Path process, long bytes) throws IOException {
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
                try {
                    boolean memfd = Files.readSymbolicLink(descriptor).toString().startsWith(MEMFD);
                    if (memfd && Files.size(descriptor) == bytes) {
                        return Optional.of(new Source(descriptor, 0, -1, true));
                    }
                } catch (IOException e) {
                    // Closed meanwhile.
                }
            }
        }
        return Optional.empty();
    }

    // proc(5): each mapping of smaps ends with its VmFlags, of which dd is MADV_DONTDUMP's.
    private static List<Source> mappings(Path process) throws IOException {
        List<Source> found = new ArrayList<>();
        long start = 0;
        long end = 0;
        for (String line : Files.readAllLines(process.resolve("smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                int dash = line.indexOf('-');
                start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                end = Long.parseUnsignedLong(line.substring(dash + 1, line.indexOf(' ')), 16);
            } else if (line.startsWith("VmFlags:")
                    && (line + " ").contains(" dd ")
                    && end - start >= LEAST) {
                found.add(new Source(process.resolve("mem"), start, end - start, true));
            }
        }
        return found;
    }
}
