package dev.jsbx.cli.branch;

import dev.jsbx.vmm.linux.Dirents;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.OpenHow;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;

/**
 * Lists a private clone, {@code .git} included, with one {@code statx} a file and without opening
 * any. It follows no link, and it gives up where a guest made something that no listing is worth:
 * the listing only saves work.
 */
final class CloneScan implements AutoCloseable {
    /** More files than this are not listed: 60 bytes and a name each. */
    private static final int MAX_FILES = 500_000;

    private static final int BUFFER = 64 << 10;
    private static final int PATH_MAX = 4096;
    private static final int RESOLVE =
            OpenHow.RESOLVE_NO_SYMLINKS | OpenHow.RESOLVE_BENEATH | OpenHow.RESOLVE_NO_XDEV;
    private static final int LOOK =
            FsCalls.AT_SYMLINK_NOFOLLOW | FsCalls.AT_NO_AUTOMOUNT | FsCalls.AT_EMPTY_PATH;
    private static final byte[] ROOT = {};

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment path = arena.allocate(PATH_MAX);
    private final Dirents dirents = new Dirents(arena.allocate(BUFFER, Long.BYTES));
    private final Statx statx = new Statx(arena.allocate(Statx.SIZE, Long.BYTES));
    private final OpenHow how =
            new OpenHow(arena.allocate(OpenHow.SIZE, Long.BYTES))
                    .set(Files.O_RDONLY | Files.O_DIRECTORY, 0, RESOLVE);
    private final ArrayDeque<byte[]> directories = new ArrayDeque<>();
    private final CloneListing.Writer listing;
    private int files;

    private CloneScan(long now) {
        listing = new CloneListing.Writer(now);
    }

    /**
     * Lists a clone as it is now.
     *
     * @return empty if it cannot be listed, for whatever reason
     */
    static Optional<CloneListing> of(Path clone) {
        try (CloneScan scan = new CloneScan(System.currentTimeMillis());
                Fd root = Files.open(clone, Files.O_PATH | Files.O_DIRECTORY)) {
            return scan.all(root.number()) ? Optional.of(scan.listing.listing()) : Optional.empty();
        } catch (LinuxException e) {
            return Optional.empty();
        }
    }

    // Each directory is opened by its path, so that one descriptor and no stack is enough however
    // deep a guest went.
    private boolean all(int root) {
        directories.add(ROOT);
        for (byte[] at = directories.poll(); at != null; at = directories.poll()) {
            if (!directory(root, at)) {
                return false;
            }
        }
        return true;
    }

    private boolean directory(int root, byte[] at) {
        if (at.length + 2 > PATH_MAX) {
            return false;
        }
        byte[] name = at.length == 0 ? new byte[] {'.'} : at;
        MemorySegment.copy(name, 0, path, ValueLayout.JAVA_BYTE, 0, name.length);
        path.set(ValueLayout.JAVA_BYTE, name.length, (byte) 0);
        long fd = FsCalls.openat2(root, path.address(), how);
        if (fd < 0) {
            return false;
        }
        try (Fd directory = Fd.owning((int) fd)) {
            listing.directory(at);
            return read(directory.number(), at);
        }
    }

    private boolean read(int directory, byte[] at) {
        long n;
        while ((n = dirents.read(directory, BUFFER)) > 0) {
            for (; dirents.hasEntry(); dirents.next()) {
                byte[] name = dirents.name();
                if (isDots(name)) {
                    continue;
                }
                if (statx.read(directory, dirents.nameAddress(), LOOK) != 0
                        || ++files > MAX_FILES) {
                    return false;
                }
                put(at, name);
            }
        }
        return n == 0;
    }

    private void put(byte[] at, byte[] name) {
        if (statx.type() == Statx.S_IFDIR) {
            directories.add(join(at, name));
            return;
        }
        listing.file(
                name,
                statx.mode(),
                statx.ino(),
                statx.size(),
                nanos(statx.modifySeconds(), statx.modifyNanos()),
                nanos(statx.changeSeconds(), statx.changeNanos()));
    }

    private static long nanos(long seconds, int nanos) {
        return seconds * 1_000_000_000L + nanos;
    }

    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.');
    }

    private static byte[] join(byte[] directory, byte[] name) {
        if (directory.length == 0) {
            return name;
        }
        byte[] path = Arrays.copyOf(directory, directory.length + 1 + name.length);
        path[directory.length] = '/';
        System.arraycopy(name, 0, path, directory.length + 1, name.length);
        return path;
    }

    @Override
    public void close() {
        arena.close();
    }
}
