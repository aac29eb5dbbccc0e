package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What memory this host can give to one more guest: what is free now, less what the sandboxes that
 * run may still claim of what they were promised.
 *
 * <pre>
 *   /proc/meminfo MemAvailable ─────────────────────────────────────┐
 *   each running sandbox: -m, less what its processes have ─────────┴─▶ room
 * </pre>
 */
public final class HostMemory {
    /** What a sandbox takes beside its guest's memory: the VMM's own, and QEMU's. */
    private static final long OVERHEAD = 192L << 20;

    /** No guest does with less. */
    private static final long LEAST = 128L << 20;

    private static final Path PROC = Path.of("/proc");

    /** A running sandbox and how many bytes it may still claim. */
    record Claim(String sandbox, long bytes) {}

    private final long available;
    private final List<Claim> claims;

    HostMemory(long available, List<Claim> claims) {
        this.available = available;
        this.claims = List.copyOf(claims);
    }

    /** As it is now. */
    public static HostMemory now() {
        return new HostMemory(meminfo("MemAvailable:"), claims());
    }

    /** All of this host's memory in bytes. */
    public static long total() {
        return meminfo("MemTotal:");
    }

    /** What a guest may be given without taking it from another, in bytes; 0 if nothing. */
    public long room() {
        long claimed = claims.stream().mapToLong(Claim::bytes).sum();
        return Math.max(0, available - claimed - OVERHEAD);
    }

    /**
     * Refuses a guest that would have this host swap, or another guest die.
     *
     * @param memory of the guest in bytes
     * @throws Failure with the figures and what to do
     */
    public void require(String sandbox, long memory) {
        long room = room();
        if (memory <= room) {
            return;
        }
        throw Failure.own(
                "there is no room for "
                        + show(memory)
                        + " of memory for "
                        + sandbox
                        + ": this host has "
                        + show(available)
                        + " free"
                        + others()
                        + ": "
                        + (claims.isEmpty() ? "" : "stop one, or ")
                        + (room < LEAST ? "stop something else first" : use(room)));
    }

    private String others() {
        return claims.isEmpty()
                ? ""
                : ", of which running sandboxes may still claim what they were given ("
                        + String.join(", ", claims.stream().map(HostMemory::text).toList())
                        + ")";
    }

    private static String use(long room) {
        return "use -m " + show(room) + " or less";
    }

    private static String text(Claim claim) {
        return claim.sandbox() + " " + show(claim.bytes());
    }

    private static String show(long bytes) {
        return (bytes >> 20) + "m";
    }

    private static long meminfo(String field) {
        try {
            for (String line : Files.readAllLines(PROC.resolve("meminfo"))) {
                if (line.startsWith(field)) {
                    return kibibytes(line, field);
                }
            }
        } catch (IOException e) {
            // Without /proc there is no limit to compare with.
        }
        return Long.MAX_VALUE;
    }

    private static long kibibytes(String line, String field) {
        return Long.parseLong(line.substring(field.length(), line.length() - 2).strip()) << 10;
    }

    private static List<Claim> claims() {
        List<Claim> claims = new ArrayList<>();
        for (Sandbox sandbox : SandboxStore.open().list()) {
            if (sandbox.isRunning()) {
                try {
                    long promised = SandboxStore.config(sandbox).memory();
                    long left = promised - resident(sandbox);
                    if (left > 0) {
                        claims.add(new Claim(sandbox.name(), left));
                    }
                } catch (Failure e) {
                    // Damaged, or gone meanwhile.
                }
            }
        }
        return claims;
    }

    /**
     * What a running sandbox's guest has of this host's memory, in bytes: the most that one of its
     * processes has, since all of them map the same.
     */
    public static long resident(Sandbox sandbox) {
        long most = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                if (isOf(process, sandbox)) {
                    most = Math.max(most, residentSet(process));
                }
            }
        } catch (IOException e) {
            // Nothing is known of it: all of its memory may still be claimed.
        }
        return most;
    }

    // Both the VMM process and QEMU are given paths in the sandbox's directory.
    private static boolean isOf(Path process, Sandbox sandbox) {
        try {
            String words =
                    Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            String directory =
                    new String(
                            sandbox.directory().toString().getBytes(StandardCharsets.UTF_8),
                            StandardCharsets.ISO_8859_1);
            int at = words.indexOf(directory);
            int end = at + directory.length();
            return at >= 0
                    && (end == words.length()
                            || words.charAt(end) == '/'
                            || words.charAt(end) == '\0');
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static long residentSet(Path process) {
        try {
            for (String line : Files.readAllLines(process.resolve("status"))) {
                if (line.startsWith("VmRSS:")) {
                    return kibibytes(line, "VmRSS:");
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        return 0;
    }
}
