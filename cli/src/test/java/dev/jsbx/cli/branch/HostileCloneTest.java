package dev.jsbx.cli.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest that prepares its clone against the host: nothing of it runs, escapes or comes back. */
class HostileCloneTest {
    @TempDir Path dir;
    private GitSandbox box;
    private Path clone;
    private Path evidence;

    @BeforeEach
    void start() throws Exception {
        box = GitSandbox.withCommit(dir);
        box.start("fix");
        clone = box.copy();
        evidence = dir.resolve("evidence");
    }

    @Test
    void hooksFiltersAndConfigOfTheCloneNeverRun() throws Exception {
        String run = "touch " + evidence + "; cat";
        for (String hook :
                new String[] {
                    "pre-commit",
                    "post-commit",
                    "post-checkout",
                    "post-merge",
                    "pre-push",
                    "reference-transaction",
                    "commit-msg",
                    "fsmonitor-watchman",
                    "pre-auto-gc"
                }) {
            Path file = clone.resolve(".git/hooks/" + hook);
            Files.writeString(file, "#!/bin/sh\n" + run + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(
                clone.resolve(".git/config"),
                """
                [core]
                repositoryformatversion = 0
                fsmonitor = "%1$s"
                sshCommand = "%1$s"
                hooksPath = %2$s
                editor = "%1$s"
                pager = "%1$s"
                [filter "evil"]
                clean = "%1$s"
                smudge = "%1$s"
                process = "%1$s"
                required = true
                [diff "evil"]
                textconv = "%1$s"
                command = "%1$s"
                [merge "evil"]
                driver = "%1$s"
                [include]
                path = /dev/full
                [alias]
                status = "!%1$s"
                """
                        .formatted(run, clone.resolve(".git/hooks")));
        box.write(clone, ".gitattributes", "* filter=evil diff=evil merge=evil\n");
        box.write(clone, "work.txt", "work\n");
        Branches.bringBack(box.state);
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            BranchDiff.patch(
                    host.git(), record.base(), record.tip(), OutputStream.nullOutputStream());
            BranchMerge.merge(host, record, null, false);
        }
        assertThat(evidence).doesNotExist();
        assertThat(Files.readString(box.host.resolve("work.txt"))).isEqualTo("work\n");
    }

    @Test
    void aGitFileOrLinkInPlaceOfTheRepositoryLeadsNowhere() throws Exception {
        GitSandbox secret = GitSandbox.withCommit(Files.createDirectory(dir.resolve("secret")));
        Files.move(clone.resolve(".git"), dir.resolve("moved.git"));
        Files.createSymbolicLink(clone.resolve(".git"), secret.host.resolve(".git"));
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "rev-list", "--all", "--count")).isEqualTo("1");
        Files.delete(clone.resolve(".git"));
        Files.writeString(clone.resolve(".git"), "gitdir: " + secret.host.resolve(".git"));
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "rev-list", "--all", "--count")).isEqualTo("1");
    }

    @Test
    void alternatesAndLinkedPacksAreNotRead() throws Exception {
        GitSandbox secret = GitSandbox.withCommit(Files.createDirectory(dir.resolve("secret")));
        box.write(secret.host, "secret.txt", "secret");
        box.commit(secret.host, "secret");
        String id = box.git(secret.host, "rev-parse", "HEAD");
        Files.writeString(
                clone.resolve(".git/objects/info/alternates"),
                secret.host.resolve(".git/objects") + "\n");
        Files.writeString(clone.resolve(".git/refs/heads/fix"), id + "\n");
        refused("the sandbox's repository is incomplete");
        Path fan = secret.host.resolve(".git/objects/" + id.substring(0, 2));
        Files.createSymbolicLink(clone.resolve(".git/objects/" + id.substring(0, 2)), fan);
        refused("the sandbox's repository is incomplete");
        assertThat(box.git(box.host, "rev-parse", "fix"))
                .isEqualTo(box.git(box.host, "rev-parse", "main"));
    }

    // What git itself would not take (fsck.hasDotgit and others), and what some file system makes
    // of
    // a name: HFS+ passes over some code points, NTFS over dots and spaces at the end.
    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git",
                ".GIT",
                ".Git",
                "git~1",
                "GIT~1",
                ".git ",
                ".git.",
                ".git. .",
                ".git::$INDEX_ALLOCATION",
                "git~1 .:x",
                "a\\.git\\config",
                ".g\u200cit",
                ".git\u200d",
                "\ufeff.git",
                ".gi\u206ft",
                "..",
                ".",
                "",
                "a/b",
                "../a"
            })
    void treesWithDangerousNamesAreRefused(String name) throws Exception {
        commitTree(tree("100644", name, PlantedObject.write(clone, "blob", new byte[] {'x'})));
        refused("is refused");
        assertThat(box.git(box.host, "rev-list", "--all", "--count")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".gitmodules", ".GitModules", "gitmod~1", ".gitmodule\u200cs", "gi7eba~1"})
    void aLinkInPlaceOfTheModulesIsRefused(String name) throws Exception {
        byte[] target = "/etc/passwd".getBytes(StandardCharsets.UTF_8);
        commitTree(tree("120000", name, PlantedObject.write(clone, "blob", target)));
        refused("is refused");
    }

    private String tree(String mode, String name, String blob) throws Exception {
        byte[] head = (mode + " " + name + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] id = HexFormat.of().parseHex(blob);
        byte[] tree = java.util.Arrays.copyOf(head, head.length + id.length);
        System.arraycopy(id, 0, tree, head.length, id.length);
        return PlantedObject.write(clone, "tree", tree);
    }

    @Test
    void tornObjectsAreRefusedAndNothingChanges() throws Exception {
        box.write(clone, "a", "1");
        box.commit(clone, "one");
        String id = box.git(clone, "rev-parse", "HEAD");
        Path file = clone.resolve(".git/objects/" + id.substring(0, 2) + "/" + id.substring(2));
        byte[] bytes = Files.readAllBytes(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        refused("is refused");
        Files.write(file, bytes);
        assertThat(Branches.bringBack(box.state)).isEqualTo("branch fix: 1 commit");
    }

    @Test
    @Timeout(120)
    void pipesAndLinkedDirectoriesInTheTreeDoNotHarm() throws Exception {
        for (String read : new String[] {"pipe", "deep/.gitattributes", ".gitignore"}) {
            Path pipe = clone.resolve(read);
            Files.createDirectories(pipe.getParent());
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        }
        Path secret = Files.createDirectory(dir.resolve("outside"));
        Files.writeString(secret.resolve("key"), "secret");
        Files.createSymbolicLink(clone.resolve("dir"), secret);
        box.write(clone, "nested/.git/HEAD", "ref: refs/heads/x");
        box.write(clone, "nested/file", "f");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "ls-tree", "-r", "--name-only", "fix"))
                .isEqualTo("README.md\ndir\nnested/file");
        assertThat(box.git(box.host, "show", "fix:dir")).isEqualTo(secret.toString());
    }

    @Test
    void aSubmoduleAddressThatIsAnOptionIsRefused() throws Exception {
        box.write(
                clone,
                ".gitmodules",
                "[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=touch " + evidence + "\n");
        box.commit(clone, "modules");
        refused(".gitmodules is refused");
        assertThat(evidence).doesNotExist();
    }

    private void refused(String reason) {
        assertThatExceptionOfType(BranchException.class)
                .isThrownBy(() -> Branches.bringBack(box.state))
                .withMessageContaining(reason);
    }

    private void commitTree(String tree) throws Exception {
        String text =
                "tree " + tree + "\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nevil\n";
        String commit = PlantedObject.write(clone, "commit", text.getBytes(StandardCharsets.UTF_8));
        Files.writeString(clone.resolve(".git/refs/heads/fix"), commit + "\n");
    }
}
