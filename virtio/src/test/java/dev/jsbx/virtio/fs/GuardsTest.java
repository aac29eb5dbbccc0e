package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.vmm.linux.Errno.ENOENT;
import static dev.jsbx.vmm.linux.Errno.EPERM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import dev.jsbx.virtio.fuse.Fuse;
import dev.jsbx.virtio.fuse.Opcode;
import dev.jsbx.vmm.linux.FsCalls;
import dev.jsbx.vmm.linux.Statx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest may not do to guarded paths, by whatever way. */
class GuardsTest {
    private static final int O_RDWR = 2;

    @TempDir Path directory;
    private FuseClient guest;
    private long git;
    private long hooks;
    private long config;

    @BeforeEach
    void share() throws IOException {
        Files.createDirectories(directory.resolve(".git/hooks"));
        Files.writeString(directory.resolve(".git/hooks/pre-commit"), "safe");
        Files.writeString(directory.resolve(".git/config"), "[core]");
        Files.writeString(directory.resolve("evil"), "evil");
        guest = new FuseClient(Share.of(directory).guarded(Share.GIT_COMMANDS));
        git = guest.lookup(ROOT, ".git").node();
        hooks = guest.lookup(git, "hooks").node();
        config = guest.lookup(git, "config").node();
    }

    @AfterEach
    void close() throws IOException {
        guest.close();
        assertThat(directory.resolve(".git/hooks/pre-commit")).hasContent("safe");
        assertThat(directory.resolve(".git/config")).hasContent("[core]");
        assertThat(directory.resolve(".git/hooks")).isDirectoryNotContaining("glob:**evil");
    }

    private static void refused(Reply... replies) {
        assertThat(replies).allMatch(reply -> reply.error() == -EPERM);
    }

    @Test
    void theyCanBeRead() {
        long handle = guest.open(config, 0).handle();
        assertThat(new String(guest.read(handle, 0, 99).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("[core]");
        assertThat(guest.opendir(hooks).error()).isZero();
        assertThat(guest.lookup(hooks, "pre-commit").error()).isZero();
    }

    @Test
    void theirContentStays() {
        long hook = guest.lookup(hooks, "pre-commit").node();
        refused(
                guest.open(config, O_RDWR),
                guest.open(config, 0x200),
                guest.open(hook, 1),
                guest.setattr(hook, Fuse.FATTR_MODE, 0777),
                guest.setattr(hook, Fuse.FATTR_SIZE, 0),
                guest.setattr(hooks, Fuse.FATTR_MODE, 0),
                guest.setxattr(hook, "user.x", new byte[1], 0),
                guest.removexattr(hook, "user.x"));
    }

    @Test
    void theirNamesStay() {
        refused(
                guest.create(hooks, "evil", O_RDWR, 0755),
                guest.mkdir(hooks, "evil", 0755),
                guest.mknod(hooks, "evil", Statx.S_IFREG | 0755),
                guest.symlink(hooks, "evil", "../../evil"),
                guest.unlink(hooks, "pre-commit"),
                guest.unlink(git, "config"),
                guest.rmdir(git, "hooks"),
                guest.rename(git, "hooks", git, "old", 0),
                guest.rename(git, "config", ROOT, "old", 0),
                guest.rename(hooks, "pre-commit", ROOT, "old", 0),
                guest.rename(ROOT, "evil", hooks, "evil", 0),
                guest.rename(ROOT, "evil", git, "config", 0),
                guest.rename(ROOT, "evil", git, "config", FsCalls.RENAME_EXCHANGE),
                guest.create(git, "commondir", O_RDWR, 0644),
                guest.symlink(git, "CommonDir", "/tmp"));
    }

    @Test
    void theWayToThemStays() throws IOException {
        refused(
                guest.rename(ROOT, ".git", ROOT, "git", 0),
                guest.rename(ROOT, "evil", ROOT, ".git", FsCalls.RENAME_EXCHANGE),
                guest.rmdir(ROOT, ".git"));
        Files.createDirectory(directory.resolve("empty"));
        try (FuseClient other =
                new FuseClient(Share.of(directory.resolve("empty")).guarded(Share.GIT_COMMANDS))) {
            long made = other.mkdir(ROOT, "prepared", 0755).node();
            refused(
                    other.symlink(ROOT, ".git", "elsewhere"),
                    other.create(ROOT, ".git", O_RDWR, 0644),
                    other.rename(ROOT, "prepared", ROOT, ".git", 0));
            assertThat(other.mkdir(made, "hooks", 0755).error()).isZero();
            long own = other.mkdir(ROOT, ".git", 0755).node();
            refused(other.mkdir(own, "hooks", 0755), other.create(own, "config", 2, 0644));
            assertThat(other.create(own, "HEAD", O_RDWR, 0644).error()).isZero();
        }
    }

    @Test
    void anotherNameOfTheSameFileIsNoWayRound() throws IOException {
        refused(guest.link(config, ROOT, "second"));
        refused(guest.link(guest.lookup(hooks, "pre-commit").node(), ROOT, "second"));
        // One that the host has made.
        Files.createLink(directory.resolve("twin"), directory.resolve(".git/hooks/pre-commit"));
        Files.createLink(directory.resolve("evil2"), directory.resolve("evil"));
        long twin = guest.lookup(ROOT, "twin").node();
        refused(guest.open(twin, O_RDWR), guest.setattr(twin, Fuse.FATTR_SIZE, 0));
        assertThat(guest.open(guest.lookup(ROOT, "evil").node(), O_RDWR).error()).isZero();
    }

    @Test
    void aDirectoryThatTheHostMovesThereIsGuardedAtOnce() throws IOException {
        long mine = guest.mkdir(ROOT, "mine", 0755).node();
        assertThat(guest.create(mine, "script", O_RDWR, 0755).error()).isZero();
        long script = guest.lookup(mine, "script").node();
        Files.move(directory.resolve(".git/hooks"), directory.resolve(".git/hooks.old"));
        Files.move(directory.resolve("mine"), directory.resolve(".git/hooks"));
        assertThat(guest.create(mine, "evil", O_RDWR, 0755).error()).isNegative();
        assertThat(guest.open(script, O_RDWR).error()).isNegative();
        Files.move(directory.resolve(".git/hooks"), directory.resolve("mine"));
        Files.move(directory.resolve(".git/hooks.old"), directory.resolve(".git/hooks"));
    }

    @Test
    void aFileThatTheHostRenamesThereIsGuardedEvenIfItIsOpen() throws IOException {
        Files.writeString(directory.resolve(".git/config.lock"), "[core]");
        long handle = guest.open(guest.lookup(git, "config.lock").node(), O_RDWR).handle();
        Files.move(
                directory.resolve(".git/config.lock"),
                directory.resolve(".git/config"),
                StandardCopyOption.REPLACE_EXISTING);
        refused(guest.write(handle, 0, new byte[] {'x'}));
    }

    @Test
    void allElseCanBeChanged() {
        Reply made = guest.create(git, "config.lock", O_RDWR, 0644);
        assertThat(made.error()).isZero();
        assertThat(guest.rename(git, "config.lock", git, "index", 0).error()).isZero();
        assertThat(guest.unlink(git, "index").error()).isZero();
        assertThat(guest.open(guest.lookup(ROOT, "evil").node(), O_RDWR).error()).isZero();
    }

    @Test
    void aSingleFileIsAllThereIs() throws IOException {
        try (FuseClient one = new FuseClient(Share.ofFile(directory.resolve("evil")))) {
            assertThat(one.lookup(ROOT, ".git").error()).isEqualTo(-ENOENT);
            Reply file = one.lookup(ROOT, "evil");
            long handle = one.open(file.node(), O_RDWR).handle();
            assertThat(one.write(handle, 0, new byte[] {'E'}).error()).isZero();
            refused(
                    one.create(ROOT, "new", O_RDWR, 0644),
                    one.unlink(ROOT, "evil"),
                    one.rename(ROOT, "evil", ROOT, "x", 0),
                    one.link(file.node(), ROOT, "x"),
                    one.mkdir(ROOT, "x", 0755),
                    one.tmpfile(ROOT, O_RDWR, 0644));
            long root = one.opendir(ROOT).handle();
            byte[] listed = one.list(Opcode.FUSE_READDIR, root, 0, 4096).bytes();
            assertThat(new String(listed, StandardCharsets.ISO_8859_1))
                    .contains("evil")
                    .doesNotContain(".git");
        }
        assertThat(List.of(directory.resolve("evil"))).allMatch(Files::exists);
    }
}
