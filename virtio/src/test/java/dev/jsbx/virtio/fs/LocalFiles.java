package dev.jsbx.virtio.fs;

import static dev.jsbx.vmm.linux.FsCalls.AT_FDCWD;
import static dev.jsbx.vmm.linux.FsCalls.AT_REMOVEDIR;
import static dev.jsbx.vmm.linux.FsCalls.AT_SYMLINK_NOFOLLOW;

import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Io;
import dev.jsbx.vmm.linux.Statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The same operations as a guest's, by a process of the host on a directory of its own. */
final class LocalFiles implements AutoCloseable {
    private static final int BUFFER = 8192;

    private final Path root;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER);
    private final Statx statx = new Statx(arena.allocate(Statx.SIZE, Long.BYTES));

    LocalFiles(Path root) {
        this.root = root;
    }

    private long path(String name) {
        return string(root.resolve(name).toString());
    }

    private long string(String text) {
        return arena.allocateFrom(text).address();
    }

    int mkdir(String name, int mode) {
        return (int) FsCalls.mkdirat(AT_FDCWD, path(name), mode);
    }

    int unlink(String name) {
        return (int) FsCalls.unlinkat(AT_FDCWD, path(name), 0);
    }

    int rmdir(String name) {
        return (int) FsCalls.unlinkat(AT_FDCWD, path(name), AT_REMOVEDIR);
    }

    int rename(String from, String to, int flags) {
        return (int) FsCalls.renameat2(AT_FDCWD, path(from), AT_FDCWD, path(to), flags);
    }

    int link(String from, String to) {
        return (int) FsCalls.linkat(AT_FDCWD, path(from), AT_FDCWD, path(to), 0);
    }

    int symlink(String target, String name) {
        return (int) FsCalls.symlinkat(string(target), AT_FDCWD, path(name));
    }

    String readlink(String name) {
        long n = FsCalls.readlinkat(AT_FDCWD, path(name), buffer.address(), BUFFER);
        return n < 0 ? "errno " + -n : text(n);
    }

    int chmod(String name, int mode) {
        return (int) FsCalls.fchmodat(AT_FDCWD, path(name), mode);
    }

    int truncate(String name, long size) {
        return (int) FsCalls.truncate(path(name), size);
    }

    long write(String name, int flags, long offset, byte[] data) {
        int noFollow = dev.jsbx.vmm.linux.Files.O_NOFOLLOW;
        long fd = FsCalls.openat(AT_FDCWD, path(name), flags | noFollow, 0640);
        if (fd < 0) {
            return fd;
        }
        MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 0, data.length);
        long written = Io.pwrite((int) fd, buffer.address(), data.length, offset);
        FsCalls.close((int) fd);
        return written;
    }

    String read(String name) {
        long fd = FsCalls.openat(AT_FDCWD, path(name), dev.jsbx.vmm.linux.Files.O_NOFOLLOW, 0);
        if (fd < 0) {
            return "errno " + -fd;
        }
        long n = Io.pread((int) fd, buffer.address(), BUFFER, 0);
        FsCalls.close((int) fd);
        return n < 0 ? "errno " + -n : text(n);
    }

    /** Type and permissions, links but of directories, and size of what has one. */
    String stat(String name) {
        long result = statx.read(AT_FDCWD, path(name), AT_SYMLINK_NOFOLLOW);
        if (result < 0) {
            return "errno " + -result;
        }
        boolean directory = statx.type() == Statx.S_IFDIR;
        return describe(statx.mode(), directory ? 0 : statx.links(), directory ? 0 : statx.size());
    }

    static String describe(int mode, int links, long size) {
        return Integer.toOctalString(mode) + " " + links + " " + size;
    }

    int setxattr(String name, String attribute, byte[] value, int flags) {
        MemorySegment.copy(value, 0, buffer, ValueLayout.JAVA_BYTE, 0, value.length);
        return (int)
                FsCalls.setxattr(
                        path(name), string(attribute), buffer.address(), value.length, flags);
    }

    String getxattr(String name, String attribute) {
        long n = FsCalls.getxattr(path(name), string(attribute), buffer.address(), BUFFER);
        return n < 0 ? "errno " + -n : text(n);
    }

    private String text(long length) {
        byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        arena.close();
    }
}
