package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_NOFOLLOW;

import dev.jsbx.vmm.linux.Dirents;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.OpenHow;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Looks whether a file is one of those beneath guarded paths: for files with several names, which
 * are few. Guarded trees are small; in one that is not, every file is taken for guarded.
 */
final class GuardedLinks {
    private static final int MOST_ENTRIES = 10_000;
    private static final int DEEPEST = 32;
    private static final int BUFFER = 16 << 10;

    private final int root;
    private final List<byte[]> paths;

    GuardedLinks(int root, List<byte[]> paths) {
        this.root = root;
        this.paths = paths;
    }

    /** Whether a guarded path leads to that file now. */
    boolean contain(long device, long ino) {
        try (Arena arena = Arena.ofConfined()) {
            Search search = new Search(arena, device, ino);
            for (byte[] path : paths) {
                MemorySegment name = arena.allocate(path.length + 1L);
                name.copyFrom(MemorySegment.ofArray(path));
                if (search.find(root, name.address(), 0)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** One look through the guarded trees. */
    private static final class Search {
        private final Arena arena;
        private final long device;
        private final long ino;
        private final Statx statx;
        private final OpenHow how;
        private int seen;

        Search(Arena arena, long device, long ino) {
            this.arena = arena;
            this.device = device;
            this.ino = ino;
            statx = new Statx(arena.allocate(Statx.SIZE, Long.BYTES));
            how = new OpenHow(arena.allocate(OpenHow.SIZE, Long.BYTES));
        }

        boolean find(int directory, long name, int depth) {
            if (++seen > MOST_ENTRIES || depth > DEEPEST) {
                return true;
            }
            if (statx.read(directory, name, AT_SYMLINK_NOFOLLOW) != 0) {
                return false;
            }
            if (statx.device() == device && statx.ino() == ino) {
                return true;
            }
            return statx.type() == Statx.S_IFDIR && findBeneath(directory, name, depth);
        }

        private boolean findBeneath(int parent, long name, int depth) {
            int resolve = OpenHow.RESOLVE_BENEATH | OpenHow.RESOLVE_NO_SYMLINKS;
            long fd = FsCalls.openat2(parent, name, how.set(Files.O_DIRECTORY, 0, resolve));
            if (fd < 0) {
                return false;
            }
            try {
                return list((int) fd, depth);
            } finally {
                FsCalls.close((int) fd);
            }
        }

        private boolean list(int directory, int depth) {
            MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
            Dirents entries = new Dirents(buffer);
            Name name = new Name();
            while (entries.read(directory, BUFFER) > 0) {
                for (; entries.hasEntry(); entries.next()) {
                    name.set(buffer, entries.namePosition(), entries.nameLength());
                    if (name.isComponent() && find(directory, name.address(), depth + 1)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
