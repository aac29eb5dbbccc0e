package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.vmm.linux.Errno.EBADF;
import static dev.jsbx.vmm.linux.Errno.EEXIST;
import static dev.jsbx.vmm.linux.Errno.EINVAL;
import static dev.jsbx.vmm.linux.Errno.ENOENT;
import static dev.jsbx.vmm.linux.Errno.ENOSYS;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static dev.jsbx.vmm.linux.Errno.EROFS;
import static dev.jsbx.vmm.linux.Errno.ESTALE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.virtio.fuse.Out;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single operations, told by raw requests, on a directory of the host. */
class PassthroughTest {
    private static final int O_RDWR = 2;
    private static final int O_APPEND = 0x400;

    @TempDir Path directory;
    private FuseClient guest;

    @BeforeEach
    void share() {
        guest = new FuseClient(Share.of(directory));
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private long open(String name, int flags) {
        long node = guest.lookup(ROOT, name).node();
        Reply reply = guest.open(node, flags);
        assertThat(reply.error()).isZero();
        return reply.handle();
    }

    @Test
    void agreesOnFeaturesOfBothSides() {
        Reply reply = guest.init(-1L);
        assertThat(reply.error()).isZero();
        assertThat(reply.payload().getInt(Out.Init.MAJOR)).isEqualTo(7);
        long flags = reply.payload().getInt(Out.Init.FLAGS);
        assertThat(flags & Fuse.FUSE_AUTO_INVAL_DATA).isNotZero();
        assertThat(flags & Fuse.FUSE_WRITEBACK_CACHE).isZero();
        assertThat(reply.payload().getInt(Out.Init.MAX_WRITE)).isEqualTo(1 << 20);
        assertThat(guest.init(0).payload().getInt(Out.Init.FLAGS)).isZero();
    }

    @Test
    void looksUpAndCounts() throws IOException {
        Files.writeString(directory.resolve("file"), "12345");
        Reply first = guest.lookup(ROOT, "file");
        Reply second = guest.lookup(ROOT, "file");
        assertThat(second.node()).isEqualTo(first.node());
        assertThat(first.attribute64(Out.Attributes.LENGTH)).isEqualTo(5);
        assertThat(guest.lookup(ROOT, "none").error()).isEqualTo(-ENOENT);
        assertThat(guest.files().census()).startsWith("2 known");
        guest.forget(first.node(), 1);
        assertThat(guest.getattr(first.node()).error()).isZero();
        guest.forget(first.node(), 1);
        assertThat(guest.getattr(first.node()).error()).isEqualTo(-ESTALE);
        assertThat(guest.files().census()).startsWith("1 known");
    }

    @Test
    void countsOfForgetMayBeAnything() throws IOException {
        Files.writeString(directory.resolve("file"), "");
        long node = guest.lookup(ROOT, "file").node();
        guest.forget(node, Long.MIN_VALUE);
        guest.forget(node, -1);
        guest.forget(ROOT, -1);
        guest.forget(0xffff_ffff_ffffL, 7);
        assertThat(guest.getattr(ROOT).error()).isZero();
        assertThat(guest.lookup(ROOT, "file").error()).isZero();
    }

    @Test
    void createsWritesAndReads() throws IOException {
        Reply made = guest.create(ROOT, "new", O_RDWR, 0644);
        assertThat(made.error()).isZero();
        assertThat(
                        guest.write(made.createdHandle(), 3, "abc".getBytes(StandardCharsets.UTF_8))
                                .error())
                .isZero();
        assertThat(directory.resolve("new")).hasBinaryContent(new byte[] {0, 0, 0, 'a', 'b', 'c'});
        assertThat(guest.read(made.createdHandle(), 2, 10).bytes())
                .containsExactly(0, 'a', 'b', 'c');
        assertThat(guest.read(made.createdHandle(), 6, 10).bytes()).isEmpty();
        assertThat(guest.release(made.createdHandle()).error()).isZero();
        assertThat(guest.read(made.createdHandle(), 0, 1).error()).isEqualTo(-EBADF);
        assertThat(guest.create(ROOT, "new", O_RDWR | 0x80, 0644).error()).isEqualTo(-EEXIST);
        assertThat(guest.create(ROOT, "new", O_RDWR, 0644).node()).isEqualTo(made.node());
    }

    @Test
    void appendsToWhatTheHostHasAppended() throws IOException {
        Path file = Files.writeString(directory.resolve("log"), "one\n");
        long handle = open("log", O_RDWR | O_APPEND);
        Files.writeString(file, "two\n", StandardOpenOption.APPEND);
        byte[] three = "three\n".getBytes(StandardCharsets.UTF_8);
        guest.write(handle, 4, three, O_RDWR | O_APPEND, 0);
        assertThat(file).hasContent("one\ntwo\nthree\n");
    }

    @Test
    void anUnlinkedFileGoesOnToWork() throws IOException {
        Files.writeString(directory.resolve("file"), "content");
        long node = guest.lookup(ROOT, "file").node();
        assertThat(guest.unlink(ROOT, "file").error()).isZero();
        assertThat(guest.getattr(node).error()).isZero();
        long handle = guest.open(node, O_RDWR).handle();
        assertThat(guest.read(handle, 0, 7).bytes()).hasSize(7);
        assertThat(guest.setattr(node, Fuse.FATTR_SIZE, 3).error()).isZero();
        assertThat(guest.read(handle, 0, 7).bytes()).hasSize(3);
        guest.release(handle);
        guest.forget(node, 1);
        assertThat(guest.files().census()).isEqualTo("1 known, 0 open, 0 descriptors");
    }

    @Test
    void openShowsWhatTheHostHasRenamedOverAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        long node = guest.lookup(ROOT, "file").node();
        long handle = guest.open(node, 0).handle();
        Path other = Files.writeString(directory.resolve("other"), "new");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(guest.open(node, 0).error()).isEqualTo(-ESTALE);
        assertThat(guest.read(open("file", 0), 0, 3).bytes()).containsExactly('n', 'e', 'w');
        assertThat(guest.read(handle, 0, 3).bytes()).containsExactly('o', 'l', 'd');
    }

    @Test
    void openHasTheGuestLookAgainWhereTheHostHasChangedTheSize() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        long node = guest.lookup(ROOT, "file").node();
        guest.release(guest.open(node, 0).handle());
        Files.writeString(file, "newer", StandardOpenOption.APPEND);
        assertThat(guest.open(node, 0).error()).isEqualTo(-ESTALE);
        // Whoever comes back is let in, even where the host goes on to write.
        assertThat(guest.lookup(ROOT, "file").attribute64(Out.Attributes.LENGTH)).isEqualTo(8);
        Files.writeString(file, "newest", StandardOpenOption.APPEND);
        long handle = guest.open(node, O_RDWR).handle();
        assertThat(guest.open(node, 0).error()).isEqualTo(-ESTALE);
        assertThat(guest.open(node, 0x200 | O_RDWR).error()).isZero();
        // What the guest does itself it knows.
        assertThat(guest.write(handle, 100, new byte[10]).error()).isZero();
        assertThat(guest.open(node, 0).error()).isZero();
        assertThat(guest.setattr(node, Fuse.FATTR_SIZE, 7).error()).isZero();
        assertThat(guest.open(node, 0).error()).isZero();
    }

    @Test
    void theCacheIsKeptOnlyWhileTheFileIsWhatItWas() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        long node = guest.lookup(ROOT, "file").node();
        assertThat(keepsCache(node)).isFalse();
        // Changing the time was a change of just now, so the next opening trusts nothing yet.
        assertThat(keepsCache(node)).isFalse();
    }

    private boolean keepsCache(long node) {
        int flags = guest.open(node, 0).payload().getInt(Out.Open.OPEN_FLAGS);
        return (flags & Fuse.FOPEN_KEEP_CACHE) != 0;
    }

    @Test
    void renamesAndFollowsTheFile() throws IOException {
        Files.createDirectory(directory.resolve("sub"));
        Files.writeString(directory.resolve("a"), "a");
        Files.writeString(directory.resolve("b"), "b");
        long sub = guest.lookup(ROOT, "sub").node();
        long a = guest.lookup(ROOT, "a").node();
        long b = guest.lookup(ROOT, "b").node();
        assertThat(guest.rename(ROOT, "a", ROOT, "b", FsCalls.RENAME_NOREPLACE).error())
                .isEqualTo(-EEXIST);
        assertThat(guest.rename(ROOT, "a", ROOT, "b", FsCalls.RENAME_EXCHANGE).error()).isZero();
        assertThat(guest.open(a, 0).error()).isZero();
        assertThat(guest.lookup(ROOT, "b").node()).isEqualTo(a);
        assertThat(guest.rename(ROOT, "b", sub, "c", 0).error()).isZero();
        assertThat(guest.open(a, 0).error()).isZero();
        assertThat(guest.rename(sub, "c", ROOT, "a", 0).error()).isZero();
        assertThat(guest.getattr(b).error()).isZero();
        assertThat(directory.resolve("a")).hasContent("a");
        assertThat(guest.rename(ROOT, "a", ROOT, "w", 4).error()).isEqualTo(-EINVAL);
    }

    @Test
    void linksAndSymbolicLinks() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        long node = guest.lookup(ROOT, "file").node();
        Reply linked = guest.link(node, ROOT, "hard");
        assertThat(linked.node()).isEqualTo(node);
        assertThat(linked.attribute32(Out.Attributes.NLINK)).isEqualTo(2);
        Reply soft = guest.symlink(ROOT, "soft", "../../etc/passwd");
        assertThat(new String(guest.readlink(soft.node()).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("../../etc/passwd");
        assertThat(guest.open(soft.node(), 0).error()).isEqualTo(-EBADF);
        assertThat(guest.lookup(soft.node(), "x").error()).isNegative();
        assertThat(guest.link(soft.node(), ROOT, "soft2").error()).isZero();
        assertThat(Files.isSymbolicLink(directory.resolve("soft2"))).isTrue();
    }

    @Test
    void makesAFileWithoutANameAndNamesIt() throws IOException {
        Reply made = guest.tmpfile(ROOT, O_RDWR, 0600);
        if (made.error() == -dev.jsbx.vmm.linux.Errno.EOPNOTSUPP) {
            return; // the file system has no O_TMPFILE
        }
        assertThat(made.error()).isZero();
        guest.write(made.createdHandle(), 0, new byte[] {1, 2, 3});
        assertThat(guest.link(made.node(), ROOT, "named").error()).isZero();
        assertThat(directory.resolve("named")).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void givesNothingToTheHostThatCouldHarmIt() throws IOException {
        assertThat(guest.mknod(ROOT, "disk", Statx.S_IFBLK | 0600).error()).isEqualTo(-EPERM);
        assertThat(guest.mknod(ROOT, "tty", Statx.S_IFCHR | 0600).error()).isEqualTo(-EPERM);
        assertThat(guest.mknod(ROOT, "pipe", Statx.S_IFIFO | 0600).error()).isZero();
        Reply suid = guest.create(ROOT, "suid", O_RDWR, 06755);
        assertThat(suid.attribute32(Out.Attributes.MODE) & 07777).isEqualTo(0755);
        Reply changed = guest.setattr(suid.node(), Fuse.FATTR_MODE, 06777);
        assertThat(changed.error()).isZero();
        assertThat((int) Files.getAttribute(directory.resolve("suid"), "unix:mode") & 07777)
                .isEqualTo(0777);
        long node = suid.node();
        byte[] value = {1};
        assertThat(guest.setxattr(node, "security.capability", value, 0).error()).isNegative();
        assertThat(guest.setxattr(node, "trusted.x", value, 0).error()).isNegative();
        assertThat(guest.setxattr(node, "system.x", value, 0).error()).isNegative();
        assertThat(guest.open(guest.lookup(ROOT, "pipe").node(), 0).error()).isEqualTo(-EBADF);
    }

    @Test
    void extendedAttributes() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        long node = guest.lookup(ROOT, "file").node();
        byte[] value = "v".getBytes(StandardCharsets.UTF_8);
        assertThat(guest.listxattr(node, 0).payload().getInt(0)).isZero();
        assertThat(guest.setxattr(node, "user.one", value, 0).error()).isZero();
        assertThat(guest.setxattr(node, "user.one", value, 1).error()).isEqualTo(-EEXIST);
        assertThat(guest.getxattr(node, "user.one", 100).bytes()).isEqualTo(value);
        assertThat(guest.getxattr(node, "user.one", 0).payload().getInt(0)).isEqualTo(1);
        assertThat(guest.getxattr(node, "user.two", 9).error()).isEqualTo(-61);
        assertThat(new String(guest.listxattr(node, 100).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("user.one\0");
        assertThat(guest.listxattr(node, 3).error()).isEqualTo(-34);
        assertThat(guest.removexattr(node, "user.one").error()).isZero();
        assertThat(guest.listxattr(node, 100).bytes()).isEmpty();
    }

    @Test
    void listsLargeDirectoriesWhole() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            String name = i % 3 == 0 ? "long".repeat(60) + i : "n" + i;
            names.add(name);
            Files.createFile(directory.resolve(name));
        }
        names.add(".");
        names.add("..");
        for (int opcode : new int[] {Opcode.FUSE_READDIR, Opcode.FUSE_READDIRPLUS}) {
            long handle = guest.opendir(ROOT).handle();
            assertThat(list(opcode, handle)).containsExactlyInAnyOrderElementsOf(names);
            assertThat(list(opcode, handle)).containsExactlyInAnyOrderElementsOf(names);
            guest.releasedir(handle);
        }
        // Two READDIRPLUS of each but "." and "..".
        long node = guest.lookup(ROOT, "n1").node();
        assertThat(guest.files().census()).startsWith("1001 known");
        guest.forget(node, 2);
        assertThat(guest.getattr(node).error()).isZero();
        guest.forget(node, 1);
        assertThat(guest.getattr(node).error()).isEqualTo(-ESTALE);
    }

    private List<String> list(int opcode, long handle) {
        List<String> names = new ArrayList<>();
        long offset = 0;
        while (true) {
            Reply reply = guest.list(opcode, handle, offset, 4096);
            assertThat(reply.error()).isZero();
            if (reply.payload().capacity() == 0) {
                return names;
            }
            for (int at = 0; at < reply.payload().capacity(); ) {
                at += opcode == Opcode.FUSE_READDIRPLUS ? Out.Entry.SIZE : 0;
                int length = reply.payload().getInt(at + Out.Dirent.NAMELEN);
                byte[] name = new byte[length];
                reply.payload().get(at + Out.Dirent.NAME, name);
                names.add(new String(name, StandardCharsets.UTF_8));
                offset = reply.payload().getLong(at + Out.Dirent.OFF);
                at += Out.Dirent.size(length);
            }
        }
    }

    @Test
    void namesThatAreNoNamesAreRefusedInEveryOperation() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        long file = guest.lookup(ROOT, "file").node();
        List<String> bad =
                List.of("", ".", "..", "/", "a/b", "/etc", "../x", "x/", "n".repeat(256));
        for (String name : bad) {
            List<Reply> replies =
                    List.of(
                            guest.lookup(ROOT, name),
                            guest.mkdir(ROOT, name, 0755),
                            guest.mknod(ROOT, name, Statx.S_IFREG | 0644),
                            guest.symlink(ROOT, name, "target"),
                            guest.unlink(ROOT, name),
                            guest.rmdir(ROOT, name),
                            guest.rename(ROOT, name, ROOT, "fine", 0),
                            guest.rename(ROOT, "file", ROOT, name, 0),
                            guest.link(file, ROOT, name),
                            guest.create(ROOT, name, O_RDWR, 0644));
            assertThat(replies).as("name \"%s\"", name).allMatch(r -> r.error() == -EINVAL);
        }
        assertThat(guest.lookup(ROOT, "n".repeat(255)).error()).isEqualTo(-ENOENT);
        assertThat(guest.call(Opcode.FUSE_LOOKUP, ROOT, new byte[] {'a'}).error())
                .isEqualTo(-EINVAL);
    }

    @Test
    void readOnlyIsEnforcedPerOperation() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        try (FuseClient reader = new FuseClient(Share.of(directory).readOnly(true))) {
            long file = reader.lookup(ROOT, "file").node();
            long handle = reader.open(file, 0).handle();
            assertThat(reader.read(handle, 0, 1).bytes()).containsExactly('x');
            List<Reply> replies =
                    List.of(
                            reader.open(file, 1),
                            reader.open(file, O_RDWR),
                            reader.open(file, 0x200),
                            reader.mkdir(ROOT, "d", 0755),
                            reader.mknod(ROOT, "n", Statx.S_IFREG | 0644),
                            reader.symlink(ROOT, "s", "t"),
                            reader.unlink(ROOT, "file"),
                            reader.rmdir(ROOT, "file"),
                            reader.rename(ROOT, "file", ROOT, "g", 0),
                            reader.link(file, ROOT, "l"),
                            reader.create(ROOT, "c", O_RDWR, 0644),
                            reader.tmpfile(ROOT, O_RDWR, 0644),
                            reader.write(handle, 0, new byte[1]),
                            reader.setattr(file, Fuse.FATTR_MODE, 0600),
                            reader.setxattr(file, "user.x", new byte[1], 0),
                            reader.removexattr(file, "user.x"));
            assertThat(replies).allMatch(r -> r.error() == -EROFS);
        }
    }

    @Test
    void unknownOperationsAreToldAsSuch() {
        IntStream.of(0, 7, 19, 37, 39, 40, 41, 48, 49, 53, 63, 64, 4096, -1, Integer.MIN_VALUE)
                .forEach(
                        opcode ->
                                assertThat(guest.call(opcode, ROOT, new byte[64]).error())
                                        .as("opcode %d", opcode)
                                        .isEqualTo(-ENOSYS));
    }

    @Test
    void filesBelongToTheAgent() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        Reply reply = guest.lookup(ROOT, "file");
        assertThat(reply.attribute32(Out.Attributes.UID)).isEqualTo(Share.AGENT);
        assertThat(reply.attribute32(Out.Attributes.GID)).isEqualTo(Share.AGENT);
        assertThat(guest.setattr(reply.node(), Fuse.FATTR_UID, Share.AGENT).error()).isZero();
        assertThat(guest.setattr(reply.node(), Fuse.FATTR_UID, 0).error()).isZero();
        assertThat(guest.setattr(reply.node(), Fuse.FATTR_UID, 4711).error()).isEqualTo(-EPERM);
        assertThat(guest.setattr(reply.node(), Fuse.FATTR_GID, 4711).error()).isEqualTo(-EPERM);
    }

    @Test
    void descriptorsAreBounded() throws IOException {
        Files.createDirectories(directory.resolve("a/b/c/d"));
        Files.writeString(directory.resolve("a/b/c/d/file"), "deep");
        long node = ROOT;
        for (String name : List.of("a", "b", "c", "d", "file")) {
            node = guest.lookup(node, name).node();
        }
        assertThat(guest.files().census()).startsWith("6 known");
        assertThat(guest.read(guest.open(node, 0).handle(), 0, 9).bytes()).hasSize(4);
    }
}
