package dev.jsbx.cli.proxy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for texts in another process's memory. What is locked and excluded from core dumps is told
 * from all else.
 */
final class MemoryScan {
    private static final int CHUNK = 1 << 20;
    private static final int PAIRS = 1 << 16;

    private record Needle(String name, byte[] bytes) {}

    private record Region(String name, long start, long end, boolean locked) {}

    private final List<Needle> needles = new ArrayList<>();
    private final boolean[] begins = new boolean[PAIRS];
    private final Map<String, Integer> outside = new LinkedHashMap<>();
    private int inside;

    /**
     * @param texts to look for, by what they are called; also as base64 has them inside a longer
     *     text
     */
    MemoryScan(Map<String, String> texts) {
        texts.forEach(
                (name, text) -> {
                    add(name, text);
                    for (int before = 0; before < 3; before++) {
                        String coded =
                                Base64.getEncoder()
                                        .encodeToString(
                                                (" ".repeat(before) + text)
                                                        .getBytes(StandardCharsets.US_ASCII));
                        // The ends share characters with what stands before and behind.
                        add(name + " as base64", coded.substring(4, coded.length() - 4));
                    }
                });
    }

    private void add(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        needles.add(new Needle(name, bytes));
        begins[bytes[0] << 8 | bytes[1]] = true;
    }

    /** Reads all of a process's memory that can be written to. */
    MemoryScan of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        try (RandomAccessFile memory = new RandomAccessFile(process.resolve("mem").toFile(), "r")) {
            for (Region region : regions(process)) {
                search(memory, region);
            }
        }
        return this;
    }

    /** Occurrences outside locked memory: what and where, with their number. */
    Map<String, Integer> outside() {
        return outside;
    }

    /** Occurrences in locked memory. */
    int inside() {
        return inside;
    }

    // proc(5): each mapping of smaps ends with its VmFlags, of which dd is MADV_DONTDUMP's, and lo
    // mlock's.
    private static List<Region> regions(Path process) throws IOException {
        List<Region> regions = new ArrayList<>();
        String[] head = {};
        for (String line : Files.readAllLines(process.resolve("smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                head = line.split(" +", 6);
            } else if (line.startsWith("VmFlags:") && head[1].startsWith("rw")) {
                int dash = head[0].indexOf('-');
                String flags = line + " ";
                regions.add(
                        new Region(
                                head.length < 6 || head[5].isBlank() ? "anonymous memory" : head[5],
                                Long.parseUnsignedLong(head[0].substring(0, dash), 16),
                                Long.parseUnsignedLong(head[0].substring(dash + 1), 16),
                                flags.contains(" dd ") && flags.contains(" lo ")));
            }
        }
        return regions;
    }

    private void search(RandomAccessFile memory, Region region) throws IOException {
        int overlap = needles.stream().mapToInt(each -> each.bytes.length).max().orElse(1) - 1;
        byte[] buffer = new byte[CHUNK + overlap];
        for (long at = region.start; at < region.end; at += CHUNK) {
            int wanted = (int) Math.min(buffer.length, region.end - at);
            memory.seek(at);
            int n = memory.read(buffer, 0, wanted);
            for (int i = 0; i + 1 < n && i < CHUNK; i++) {
                if (buffer[i] >= 0
                        && buffer[i + 1] >= 0
                        && begins[buffer[i] << 8 | buffer[i + 1]]) {
                    compare(buffer, i, n, region);
                }
            }
        }
    }

    private void compare(byte[] buffer, int at, int end, Region region) {
        for (Needle needle : needles) {
            int i = 0;
            while (i < needle.bytes.length && at + i < end && buffer[at + i] == needle.bytes[i]) {
                i++;
            }
            if (i < needle.bytes.length) {
                continue;
            }
            if (region.locked) {
                inside++;
            } else {
                outside.merge(needle.name + " in " + region.name, 1, Integer::sum);
            }
        }
    }
}
