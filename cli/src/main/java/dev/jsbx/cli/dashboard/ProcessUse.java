package dev.jsbx.cli.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a sandbox's processes use of this host: its VMM process, and QEMU's if there is one.
 *
 * @param ticks of processors, in hundredths of a second, since they began
 * @param memory in bytes, of that one which has most: all of them map the guest's
 */
record ProcessUse(long ticks, long memory) {
    private static final Path PROC = Path.of("/proc");
    private static final long PAGE = 4096;
    private static final List<String> PROGRAMS = List.of("VmmProcess", "qemu-system");

    // proc_pid_stat(5), counted from the field after the name.
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int RSS = 21;

    /**
     * Looks at all processes.
     *
     * @param sandboxes the directory of all sandboxes
     * @return by name of the sandbox
     */
    static Map<String, ProcessUse> now(Path sandboxes) {
        Map<String, ProcessUse> uses = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                try {
                    String name = sandboxOf(process, sandboxes + "/");
                    if (name != null) {
                        uses.merge(name, of(process), ProcessUse::with);
                    }
                } catch (IOException e) {
                    // It has ended.
                }
            }
        } catch (IOException e) {
            return Map.of();
        }
        return uses;
    }

    private ProcessUse with(ProcessUse other) {
        return new ProcessUse(ticks + other.ticks, Math.max(memory, other.memory));
    }

    private static String sandboxOf(Path process, String sandboxes) throws IOException {
        byte[] bytes = Files.readAllBytes(process.resolve("cmdline"));
        String words = new String(bytes, StandardCharsets.UTF_8);
        int at = words.indexOf(sandboxes);
        if (at < 0 || PROGRAMS.stream().noneMatch(words::contains)) {
            return null;
        }
        String rest = words.substring(at + sandboxes.length());
        return rest.split("[/\0,]", 2)[0];
    }

    private static ProcessUse of(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessUse(
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                Long.parseLong(fields[RSS]) * PAGE);
    }
}
