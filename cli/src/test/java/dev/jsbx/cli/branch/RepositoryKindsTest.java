package dev.jsbx.cli.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Repositories as people have them, each worked on, brought back and merged beside git's result.
 */
class RepositoryKindsTest {
    private static final String POINTER =
            """
            version https://git-lfs.github.com/spec/v1
            oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
            size 12345
            """;

    @TempDir private Path dir;

    @Test
    void submodulesStayAtTheirCommit() throws Exception {
        GitSandbox library = GitSandbox.withCommit(Files.createDirectory(dir.resolve("l")));
        GitSandbox box = GitSandbox.withCommit(Files.createDirectory(dir.resolve("b")));
        box.git(
                box.host,
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                library.host.toString(),
                "lib");
        box.commit(box.host, "with a submodule");
        String before = box.git(box.host, "ls-tree", "HEAD", "lib");
        Branches.Started started = box.start("fix");
        assertThat(started.leftOut()).isEmpty();
        box.write(box.copy(), "a", "1");
        assertThat(Branches.bringBack(box.state)).endsWith("uncommitted work in 1 file");
        assertThat(box.git(box.host, "ls-tree", "fix", "lib")).isEqualTo(before);
        merge(box, "fast-forwarded main to fix");
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
        assertThat(box.host.resolve("lib/README.md")).hasContent("hello\n");
    }

    @Test
    void pointersOfLargeFilesStayPointers() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        Path evidence = dir.resolve("evidence");
        box.write(box.host, ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        box.write(box.host, "model.bin", POINTER);
        box.commit(box.host, "large file");
        box.git(box.host, "config", "filter.lfs.required", "true");
        box.git(box.host, "config", "filter.lfs.clean", "cat");
        box.git(box.host, "config", "filter.lfs.smudge", "sh -c 'touch " + evidence + "; cat'");
        Branches.Started started = box.start("fix");
        assertThat(started.leftOut()).isEmpty();
        assertThat(started.workTree().resolve("model.bin")).hasContent(POINTER);
        assertThat(evidence).doesNotExist();
        box.write(box.copy(), "other.bin", POINTER.replace("12345", "54321"));
        box.git(box.copy(), "mv", "model.bin", "moved.bin");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:moved.bin") + "\n").isEqualTo(POINTER);
        assertThat(box.git(box.host, "show", "fix:other.bin")).contains("size 54321");
        assertThat(evidence).doesNotExist();
        merge(box, "fast-forwarded main to fix");
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
    }

    @Test
    void aDirectoryWithinARepositoryIsTheRepository() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.write(box.host, "src/deep/a", "1");
        box.commit(box.host, "deep");
        Branches.Started started =
                Branches.start(box.state, "box", "claude", box.host.resolve("src/deep"), "fix");
        assertThat(started.record().workTree()).isEqualTo(box.host);
        assertThat(started.workTree().resolve("src/deep/a")).hasContent("1");
    }

    @Test
    void modesLinksRenamesAndLineEndsMergeAsWithGit() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.write(box.host, ".gitattributes", "*.txt text=auto\n*.crlf text eol=crlf\n");
        box.write(box.host, "plain.txt", "a\nb\nc\nd\ne\nf\ng\n");
        box.write(box.host, "dos.crlf", "one\r\ntwo\r\n");
        box.write(box.host, "run.sh", "#!/bin/sh\n");
        box.write(box.host, "old/one", "1\n2\n3\n4\n");
        box.write(box.host, "old/two", "5\n6\n7\n8\n");
        Files.createSymbolicLink(box.host.resolve("link"), Path.of("plain.txt"));
        box.commit(box.host, "all kinds");
        Branches.Started started = box.start("fix");
        assertThat(started.leftOut()).isEmpty();
        assertThat(box.git(box.copy(), "status", "--porcelain")).isEmpty();
        Path copy = box.copy();
        Files.setPosixFilePermissions(
                copy.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(copy.resolve("link"));
        Files.createSymbolicLink(copy.resolve("link"), Path.of("dos.crlf"));
        box.git(copy, "mv", "old", "new");
        box.write(copy, "dos.crlf", "one\r\ntwo\r\nthree\r\n");
        box.write(copy, "plain.txt", "A\nb\nc\nd\ne\nf\ng\n");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:dos.crlf")).isEqualTo("one\ntwo\nthree");
        box.write(box.host, "plain.txt", "a\nb\nc\nd\ne\nf\nG\n");
        box.write(box.host, "mine", "x\n");
        box.commit(box.host, "on the host");
        String expected = box.git(box.host, "merge-tree", "--write-tree", "main", "fix");
        merge(box, "merged fix into main");
        assertThat(box.git(box.host, "rev-parse", "main^{tree}")).isEqualTo(expected);
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
        assertThat(box.git(box.host, "ls-files", "-s", "run.sh")).startsWith("100755");
        assertThat(box.host.resolve("dos.crlf")).hasContent("one\r\ntwo\r\nthree\r\n");
        assertThat(Files.readSymbolicLink(box.host.resolve("link"))).isEqualTo(Path.of("dos.crlf"));
    }

    @Test
    void manyFilesComeBackAndDifferAsGitSays() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        int files = Integer.getInteger("jsbx.branch.files", 1000);
        for (int i = 0; i < files; i++) {
            box.write(box.host, "d" + i % 100 + "/f" + i, "line\n".repeat(i % 50) + i + "\n");
        }
        box.commit(box.host, "many");
        box.start("fix");
        for (int i = 0; i < files; i += 2) {
            box.write(box.copy(), "d" + i % 100 + "/f" + i, "changed\n".repeat(i % 50) + i + "\n");
        }
        Branches.bringBack(box.state);
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        ByteArrayOutputStream patch = new ByteArrayOutputStream();
        try (HostRepository host = HostRepository.at(record.repository())) {
            BranchDiff.patch(host.git(), record.base(), record.tip(), patch);
        }
        long ours = patch.toString(StandardCharsets.UTF_8).lines().filter(this::isHead).count();
        long gits = box.git(box.host, "diff", "main", "fix").lines().filter(this::isHead).count();
        assertThat(ours).isEqualTo(gits).isPositive();
    }

    private boolean isHead(String line) {
        return line.startsWith("diff --git ");
    }

    @Test
    void namesThatAreNoTextAreRefusedRatherThanLost() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        shell(box.copy(), "echo x > \"$(printf 'caf\\351')\"");
        assertThatExceptionOfType(BranchException.class)
                .isThrownBy(() -> Branches.bringBack(box.state))
                .withMessageContaining("is no UTF-8");
        Branches.discard(box.state);
        shell(box.host, "echo x > \"$(printf 'caf\\351')\"");
        box.commit(box.host, "no text");
        assertThatExceptionOfType(BranchException.class)
                .isThrownBy(() -> box.start("fix"))
                .withMessageContaining("is no UTF-8");
        assertThat(box.git(box.host, "branch", "--list", "fix")).isEmpty();
    }

    private static void shell(Path in, String script) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", script).directory(in.toFile()).start();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void namesThatOnlyLookDifferentAreRefused() throws Exception {
        for (String name : new String[] {".g\u200cit", ".\u200dGiT", ".git\ufeff"}) {
            GitSandbox box =
                    GitSandbox.withCommit(Files.createTempDirectory(dir, "hostile").toRealPath());
            box.start("fix");
            box.write(box.copy(), name + "/config", "[core]\n");
            assertThatExceptionOfType(BranchException.class)
                    .as(name)
                    .isThrownBy(() -> Branches.bringBack(box.state));
            assertThat(box.git(box.host, "rev-list", "--all", "--count")).isEqualTo("1");
        }
    }

    @Test
    void binaryFilesMergeAndConflictAsWithGit() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        byte[] content = new byte[4096];
        new Random(1).nextBytes(content);
        Files.write(box.host.resolve("theirs.bin"), content);
        Files.write(box.host.resolve("both.bin"), content);
        box.commit(box.host, "binary");
        box.start("fix");
        content[7]++;
        Files.write(box.copy().resolve("theirs.bin"), content);
        Branches.bringBack(box.state);
        String expected = box.git(box.host, "merge-tree", "--write-tree", "main", "fix");
        merge(box, "fast-forwarded main to fix");
        assertThat(box.git(box.host, "rev-parse", "main^{tree}")).isEqualTo(expected);
        Files.write(box.copy().resolve("both.bin"), content);
        Branches.bringBack(box.state);
        content[9]++;
        Files.write(box.host.resolve("both.bin"), content);
        box.commit(box.host, "mine");
        String head = box.git(box.host, "rev-parse", "HEAD");
        assertThatExceptionOfType(BranchException.class)
                .isThrownBy(() -> merge(box, ""))
                .withMessageContaining("both.bin");
        assertThat(box.git(box.host, "rev-parse", "HEAD")).isEqualTo(head);
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
    }

    @Test
    void logAndCountsAreGits() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        for (int i = 0; i < 5; i++) {
            box.write(box.copy(), "file" + i % 3, "line\n".repeat(3 * i + 1) + "end\n");
            box.commit(box.copy(), "change " + i);
        }
        box.git(box.copy(), "mv", "file1", "moved");
        box.git(box.copy(), "rm", "-q", "README.md");
        box.commit(box.copy(), "moved");
        Branches.bringBack(box.state);
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            assertThat(BranchLog.between(host.git(), record.base(), record.tip()))
                    .extracting(RevCommit::name)
                    .containsExactly(
                            box.git(box.host, "rev-list", "main..fix")
                                    .lines()
                                    .toArray(String[]::new));
            String[] counts =
                    BranchDiff.changes(host.git(), record.base(), record.tip()).stream()
                            .map(c -> c.added() + "\t" + c.removed() + "\t" + c.path())
                            .toArray(String[]::new);
            assertThat(box.git(box.host, "diff", "--numstat", "-M", "main", "fix").lines())
                    .containsExactlyInAnyOrder(counts);
        }
    }

    private static void merge(GitSandbox box, String said) throws Exception {
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            assertThat(BranchMerge.merge(host, record, null, false)).startsWith(said);
        }
        assertThat(box.git(box.host, "fsck", "--full", "--strict")).isEmpty();
    }
}
