package dev.jsbx.cli.prove;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A range of a file to search: a whole file, or the part of {@code /proc/PID/mem} that is a guest's
 * memory.
 *
 * @param path to open
 * @param start where it begins, in bytes
 * @param length in bytes; negative for up to the end
 * @param memory whether it is a guest's memory, of which pages that are neighbours here need not be
 *     neighbours there
 */
record Source(Path path, long start, long length, boolean memory) {
    private static final int CHUNK = 1 << 20;
    private static final int PAGE = 4096;

    static Source file(Path path) {
        return new Source(path, 0, -1, false);
    }

    /** Told of what was found, by its place in the range. */
    interface Found {
        /**
         * @param at offset in bytes
         * @param part whether half of it or more was found, at the edge of a page
         */
        void hit(long at, Needle needle, boolean part);
    }

    /**
     * Searches it; holes are passed over.
     *
     * @return bytes that were searched
     * @throws LinuxException if it cannot be read
     */
    long search(Search search, Found found) {
        try (Fd file = Files.open(path, Files.O_RDONLY);
                Window window = new Window(file, search, found)) {
            long end = length < 0 ? Long.MAX_VALUE : start + length;
            long at = start;
            while (at >= 0 && at < end) {
                long data = FsCalls.lseek(file.number(), at, FsCalls.SEEK_DATA);
                if (data == -Errno.ENXIO && Files.size(file) > 0) {
                    break; // a hole up to the end
                }
                long hole = data < 0 ? -1 : FsCalls.lseek(file.number(), data, FsCalls.SEEK_HOLE);
                if (data > at) {
                    window.kept = 0;
                }
                // What knows neither holes nor its size, as files of /proc, is all data.
                at = window.run(Math.max(at, data), hole < 0 ? end : Math.min(end, hole));
            }
            return window.searched;
        }
    }

    /** A piece of the file, with the end of the one before it in front. */
    private final class Window implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment chunk = arena.allocate(CHUNK);
        private final Fd file;
        private final Search search;
        private final Found found;
        private final byte[] buffer;
        private int kept;
        private long searched;

        Window(Fd file, Search search, Found found) {
            this.file = file;
            this.search = search;
            this.found = found;
            this.buffer = new byte[search.overlap() + CHUNK];
        }

        /** Searches up to {@code end}; returns where it stopped, or -1 at the file's end. */
        long run(long from, long end) {
            long at = from;
            while (at < end) {
                long n = Io.pread(file.number(), chunk.address(), Math.min(CHUNK, end - at), at);
                if (n == 0) {
                    return -1;
                }
                if (n < 0) {
                    throw new LinuxException((int) -n, "read(\"" + path + "\")");
                }
                take((int) n, at);
                at += n;
            }
            return at;
        }

        private void take(int n, long at) {
            MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, buffer, kept, n);
            long base = at - kept - start;
            int length = kept + n;
            int old = kept;
            search.in(
                    buffer,
                    length,
                    (position, needle) -> {
                        // What lies in the kept part whole was found before.
                        if (position + needle.bytes().length > old) {
                            found.hit(base + position, needle, false);
                        }
                    });
            if (memory) {
                for (int edge = old; edge < length; edge += PAGE) {
                    search.atEdge(
                            buffer,
                            edge,
                            length,
                            (position, needle) -> found.hit(base + position, needle, true));
                }
            }
            kept = Math.min(length, search.overlap());
            System.arraycopy(buffer, length - kept, buffer, 0, kept);
            searched += n;
        }

        @Override
        public void close() {
            Arrays.fill(buffer, (byte) 0);
            chunk.fill((byte) 0);
            arena.close();
        }
    }
}
