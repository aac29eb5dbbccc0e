package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.Errno.ENAMETOOLONG;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.FsCalls.AT_EMPTY_PATH;
import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;

import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths beneath the share that the guest can read but not change.
 *
 * <p>Where a file is, is asked of the host's kernel at each change, so that neither what the guest
 * says nor what the host has moved meanwhile can mislead. Refused is
 *
 * <ul>
 *   <li>a change of a guarded file, of what is beneath a guarded directory, and of their names;
 *   <li>taking away, moving or replacing a directory on the way to a guarded path, and putting
 *       anything but a new empty directory there, whose content would come with it;
 *   <li>changing a file that has several names, if one of them is guarded.
 * </ul>
 */
final class Guards {
    private static final byte SLASH = '/';

    private final int root;
    private final byte[][] paths;
    private final GuardedLinks links;

    /**
     * @param root descriptor of the shared directory, which outlives this
     */
    Guards(int root, Share share) {
        this.root = root;
        List<byte[]> all = new ArrayList<>();
        for (String guarded : share.guarded()) {
            String path = Path.of(guarded).normalize().toString();
            all.add(path.getBytes(StandardCharsets.UTF_8));
            String resolved = resolve(share.directory(), path);
            if (!resolved.equals(path)) {
                all.add(resolved.getBytes(StandardCharsets.UTF_8));
            }
        }
        paths = all.toArray(byte[][]::new);
        links = new GuardedLinks(root, all);
    }

    /** Where a guarded path leads if there are symbolic links on the way. */
    private static String resolve(Path directory, String guarded) {
        try {
            Path real = directory.toRealPath();
            Path existing = real.resolve(guarded);
            while (!Files.exists(existing)) {
                existing = existing.getParent();
            }
            Path rest = existing.relativize(real.resolve(guarded));
            Path target = existing.toRealPath().resolve(rest);
            return target.startsWith(real) ? real.relativize(target).toString() : guarded;
        } catch (IOException e) {
            return guarded;
        }
    }

    /** Whether nothing is guarded. */
    boolean isEmpty() {
        return paths.length == 0;
    }

    /**
     * Whether the guest may make, replace or remove a name.
     *
     * @param makesDirectory whether that makes an empty directory
     * @return 0 or {@code -EPERM}
     */
    int checkName(int directory, Name name, boolean makesDirectory, Scratch scratch) {
        MemorySegment path = scratch.longPath();
        int length = locate(directory, path, scratch);
        if (length < 0) {
            return length;
        }
        if (length + 1 + name.length() > path.byteSize()) {
            return -ENAMETOOLONG;
        }
        if (length > 0) {
            path.set(ValueLayout.JAVA_BYTE, length++, SLASH);
        }
        for (int i = 0; i < name.length(); i++) {
            path.set(ValueLayout.JAVA_BYTE, length++, name.byteAt(i));
        }
        return isGuarded(path, length) || !makesDirectory && leadsToGuarded(path, length)
                ? -EPERM
                : 0;
    }

    /**
     * Whether the guest may change a file.
     *
     * @param fd a descriptor of it, O_PATH or not
     * @return 0 or {@code -EPERM}
     */
    int checkFile(int fd, Scratch scratch) {
        MemorySegment path = scratch.longPath();
        int length = locate(fd, path, scratch);
        if (length < 0) {
            return length;
        }
        if (isGuarded(path, length)) {
            return -EPERM;
        }
        Statx statx = scratch.statx();
        long result = statx.read(fd, Scratch.empty(), AT_EMPTY_PATH);
        if (result != 0) {
            return (int) result;
        }
        boolean severalNames = statx.type() == Statx.S_IFREG && statx.links() > 1;
        return severalNames && links.contain(statx.device(), statx.ino()) ? -EPERM : 0;
    }

    /**
     * Asks the kernel where a file is, relative to the share.
     *
     * @return the path's length, or {@code -errno}
     */
    private int locate(int fd, MemorySegment path, Scratch scratch) {
        long rootLength = readPath(root, path, scratch);
        if (rootLength < 0) {
            return (int) rootLength;
        }
        MemorySegment rootPath = scratch.secondPath();
        MemorySegment.copy(path, 0, rootPath, 0, rootLength);
        long length = readPath(fd, path, scratch);
        if (length < 0) {
            return (int) length;
        }
        if (rootLength == 1) {
            rootLength = 0; // "/" is followed by no further slash
        }
        boolean beneath =
                length >= rootLength
                        && MemorySegment.mismatch(path, 0, rootLength, rootPath, 0, rootLength)
                                == -1
                        && (length == rootLength
                                || path.get(ValueLayout.JAVA_BYTE, rootLength) == SLASH);
        if (!beneath) {
            return -EPERM;
        }
        long from = Math.min(length, rootLength + 1);
        MemorySegment.copy(path, from, path, 0, length - from);
        return (int) (length - from);
    }

    private static long readPath(int fd, MemorySegment path, Scratch scratch) {
        long address = path.address();
        long size = path.byteSize();
        long length = FsCalls.readlinkat(AT_FDCWD, scratch.procPath(fd), address, size);
        return length == size ? -ENAMETOOLONG : length;
    }

    private boolean isGuarded(MemorySegment path, int length) {
        for (byte[] guarded : paths) {
            if (length >= guarded.length
                    && same(path, guarded, guarded.length)
                    && (length == guarded.length
                            || path.get(ValueLayout.JAVA_BYTE, guarded.length) == SLASH)) {
                return true;
            }
        }
        return false;
    }

    private boolean leadsToGuarded(MemorySegment path, int length) {
        for (byte[] guarded : paths) {
            if (length < guarded.length
                    && guarded[length] == SLASH
                    && same(path, guarded, length)) {
                return true;
            }
        }
        return false;
    }

    /** Upper and lower case alike: some directories do not tell them apart. */
    private static boolean same(MemorySegment path, byte[] guarded, int length) {
        for (int i = 0; i < length; i++) {
            if (lower(path.get(ValueLayout.JAVA_BYTE, i)) != lower(guarded[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
