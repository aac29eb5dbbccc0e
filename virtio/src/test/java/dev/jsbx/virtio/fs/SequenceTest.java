package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.vmm.linux.Errno.ENOENT;
import static dev.jsbx.vmm.linux.Errno.ENOTDIR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.Statx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Any sequence of operations gives, one by one, the result and errno that the same operation gives
 * a process of the host on a directory of the same file system.
 */
class SequenceTest {
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_TRUNC = 0x200;
    private static final List<String> DIRECTORIES = List.of("", "d/", "e/", "d/s/");
    private static final List<String> NAMES = List.of("d", "e", "s", "f", "g", "h");

    /** What is done. */
    enum Kind {
        MKDIR,
        RMDIR,
        UNLINK,
        WRITE,
        CREATE_NEW,
        REWRITE,
        READ,
        RENAME,
        RENAME_NOREPLACE,
        RENAME_EXCHANGE,
        LINK,
        SYMLINK,
        READLINK,
        CHMOD,
        TRUNCATE,
        STAT,
        SETXATTR,
        GETXATTR
    }

    record Step(Kind kind, String path, String other, int number) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> path =
                Combinators.combine(Arbitraries.of(DIRECTORIES), Arbitraries.of(NAMES))
                        .as(String::concat);
        return Combinators.combine(
                        Arbitraries.of(Kind.class),
                        path,
                        path,
                        Arbitraries.integers().between(0, 5000))
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(120);
    }

    @Property(tries = 150)
    void givesWhatALocalDirectoryGives(@ForAll("steps") List<Step> steps) throws IOException {
        Path base = Files.isDirectory(Path.of("/dev/shm")) ? Path.of("/dev/shm") : null;
        Path directory =
                base == null
                        ? Files.createTempDirectory("jsbx-sequence")
                        : Files.createTempDirectory(base, "jsbx-sequence");
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Path model = Files.createDirectory(directory.resolve("model"));
        try (FuseClient guest = new FuseClient(Share.of(shared));
                LocalFiles local = new LocalFiles(model)) {
            for (Step step : steps) {
                assertThat(remote(guest, step)).as("%s", step).isEqualTo(local(local, step));
            }
            assertThat(tree(shared)).isEqualTo(tree(model));
        } finally {
            remove(directory);
        }
    }

    private static String local(LocalFiles local, Step step) {
        String path = step.path();
        String other = step.other();
        byte[] data = data(step);
        return switch (step.kind()) {
            case MKDIR -> "" + local.mkdir(path, 0755);
            case RMDIR -> "" + local.rmdir(path);
            case UNLINK -> "" + local.unlink(path);
            case WRITE -> "" + local.write(path, O_RDWR | O_CREAT, step.number(), data);
            case CREATE_NEW -> "" + local.write(path, O_RDWR | O_CREAT | O_EXCL, 0, data);
            case REWRITE -> "" + local.write(path, O_RDWR | O_CREAT | O_TRUNC, 0, data);
            case READ -> local.read(path);
            case RENAME -> "" + local.rename(path, other, 0);
            case RENAME_NOREPLACE -> "" + local.rename(path, other, 1);
            case RENAME_EXCHANGE -> "" + local.rename(path, other, 2);
            case LINK -> "" + local.link(path, other);
            case SYMLINK -> "" + local.symlink("to-" + step.number(), path);
            case READLINK -> local.readlink(path);
            case CHMOD ->
                    local.stat(path).startsWith("12")
                            ? "-"
                            : "" + local.chmod(path, 0400 | step.number() % 0400);
            case TRUNCATE ->
                    local.stat(path).startsWith("12")
                            ? "-"
                            : "" + local.truncate(path, step.number());
            case STAT -> local.stat(path);
            case SETXATTR ->
                    local.stat(path).startsWith("12")
                            ? "-"
                            : "" + local.setxattr(path, "user.x", data, step.number() % 3);
            case GETXATTR ->
                    local.stat(path).startsWith("12") ? "-" : local.getxattr(path, "user.x");
        };
    }

    private static byte[] data(Step step) {
        return ("data-" + step.number()).getBytes(StandardCharsets.UTF_8);
    }

    /** A walk to a directory as the guest's kernel makes it: LOOKUP by LOOKUP. */
    private static long walk(FuseClient guest, String path) {
        long node = ROOT;
        for (String name : path.split("/")) {
            if (name.isEmpty()) {
                continue;
            }
            Reply reply = guest.lookup(node, name);
            if (reply.error() != 0) {
                return reply.error();
            }
            if (type(reply) != Statx.S_IFDIR) {
                // Links here lead nowhere.
                return type(reply) == Statx.S_IFLNK ? -ENOENT : -ENOTDIR;
            }
            node = reply.node();
        }
        return node;
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String remote(FuseClient guest, Step step) {
        long parent = walk(guest, parent(step.path()));
        if (parent < 0) {
            return of(step.kind(), (int) parent);
        }
        String name = name(step.path());
        Reply found = guest.lookup(parent, name);
        return switch (step.kind()) {
            case MKDIR -> "" + guest.mkdir(parent, name, 0755).error();
            case RMDIR -> "" + guest.rmdir(parent, name).error();
            case UNLINK -> "" + guest.unlink(parent, name).error();
            case SYMLINK -> "" + guest.symlink(parent, name, "to-" + step.number()).error();
            case RENAME -> rename(guest, parent, name, step, 0);
            case RENAME_NOREPLACE -> rename(guest, parent, name, step, 1);
            case RENAME_EXCHANGE -> rename(guest, parent, name, step, 2);
            case WRITE -> write(guest, parent, name, found, 0, step.number(), data(step));
            case CREATE_NEW -> write(guest, parent, name, found, O_EXCL, 0, data(step));
            case REWRITE -> write(guest, parent, name, found, O_TRUNC, 0, data(step));
            default ->
                    found.error() != 0
                            ? of(step.kind(), found.error())
                            : existing(guest, found, step);
        };
    }

    private static String of(Kind kind, int error) {
        return switch (kind) {
            case READ, READLINK, STAT, GETXATTR -> "errno " + -error;
            default -> "" + error;
        };
    }

    private static String rename(FuseClient guest, long parent, String name, Step step, int flags) {
        long to = walk(guest, parent(step.other()));
        return to < 0
                ? "" + to
                : "" + guest.rename(parent, name, to, name(step.other()), flags).error();
    }

    private static String existing(FuseClient guest, Reply found, Step step) {
        boolean link = type(found) == Statx.S_IFLNK;
        long node = found.node();
        return switch (step.kind()) {
            case READ -> read(guest, found);
            case LINK -> {
                long to = walk(guest, parent(step.other()));
                yield to < 0 ? "" + to : "" + guest.link(node, to, name(step.other())).error();
            }
            case READLINK -> text(guest.readlink(node));
            case CHMOD ->
                    link
                            ? "-"
                            : ""
                                    + guest.setattr(
                                                    node,
                                                    Fuse.FATTR_MODE,
                                                    0400 | step.number() % 0400)
                                            .error();
            case TRUNCATE -> {
                int error = guest.setattr(node, Fuse.FATTR_SIZE, step.number()).error();
                // Linux refuses a directory itself, before it asks.
                yield link ? "-" : type(found) == Statx.S_IFDIR ? "-21" : "" + error;
            }
            case STAT -> {
                boolean directory = type(found) == Statx.S_IFDIR;
                yield LocalFiles.describe(
                        found.attribute32(Out.Attributes.MODE),
                        directory ? 0 : found.attribute32(Out.Attributes.NLINK),
                        directory ? 0 : found.attribute64(Out.Attributes.LENGTH));
            }
            case SETXATTR ->
                    link
                            ? "-"
                            : ""
                                    + guest.setxattr(node, "user.x", data(step), step.number() % 3)
                                            .error();
            default -> link ? "-" : text(guest.getxattr(node, "user.x", 4096));
        };
    }

    private static int type(Reply entry) {
        return entry.attribute32(Out.Attributes.MODE) & Statx.S_IFMT;
    }

    private static String text(Reply reply) {
        return reply.error() != 0
                ? "errno " + -reply.error()
                : new String(reply.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static String read(FuseClient guest, Reply found) {
        if (type(found) == Statx.S_IFLNK) {
            return "errno 40"; // ELOOP, which is the guest's own answer to O_NOFOLLOW
        }
        if (type(found) == Statx.S_IFDIR) {
            return "errno 21"; // EISDIR, by read(2) itself
        }
        Reply opened = guest.open(found.node(), 0);
        if (opened.error() != 0) {
            return text(opened);
        }
        String content = text(guest.read(opened.handle(), 0, 8192));
        guest.release(opened.handle());
        return content;
    }

    private static String write(
            FuseClient guest,
            long parent,
            String name,
            Reply found,
            int flags,
            long offset,
            byte[] data) {
        long handle;
        if (found.error() != 0) {
            Reply created = guest.create(parent, name, O_RDWR | O_CREAT | flags, 0640);
            if (created.error() != 0) {
                return "" + created.error();
            }
            handle = created.createdHandle();
        } else if ((flags & O_EXCL) != 0) {
            return "" + guest.create(parent, name, O_RDWR | O_CREAT | flags, 0640).error();
        } else if (type(found) == Statx.S_IFLNK) {
            return "-40"; // ELOOP
        } else {
            Reply opened = guest.open(found.node(), O_RDWR | flags);
            if (opened.error() != 0) {
                return "" + opened.error();
            }
            handle = opened.handle();
        }
        Reply written = guest.write(handle, offset, data);
        guest.call(Opcode.FUSE_RELEASE, 0, releaseBody(handle));
        return "" + (written.error() != 0 ? written.error() : written.payload().getInt(0));
    }

    private static byte[] releaseBody(long handle) {
        return FuseClient.body(dev.jsbx.virtio.fuse.In.Release.SIZE).putLong(0, handle).array();
    }

    private static List<String> tree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString()).sorted().toList();
        }
    }

    private static void remove(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
