package dev.jsbx.cli.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.errors.MissingObjectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Branch mode from start to merge, with the git binary as the judge of every repository. */
class BranchesTest {
    @TempDir Path dir;

    @Test
    void theCloneIsWholeAndSharesNoFile() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.git(box.host, "tag", "v1");
        Branches.Started started = box.start("fix");
        assertThat(box.git(started.workTree(), "status", "--porcelain")).isEmpty();
        assertThat(box.git(started.workTree(), "rev-parse", "--abbrev-ref", "HEAD"))
                .isEqualTo("fix");
        assertThat(box.git(started.workTree(), "fsck", "--full", "--strict")).isEmpty();
        assertThat(box.git(started.workTree(), "tag")).isEqualTo("v1");
        assertThat(box.git(started.workTree(), "config", "user.name")).isEqualTo("Host User");
        assertThat(box.git(box.host, "branch", "--list", "fix")).isEqualTo("  fix");
        assertThat(Files.exists(started.workTree().resolve(".git/objects/info/alternates")))
                .isFalse();
    }

    @Test
    void commitsAndLeftoversComeBackAsAPlainBranch() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        Path clone = box.copy();
        box.write(clone, "src/a.txt", "one\n");
        box.commit(clone, "work");
        box.git(clone, "mv", "README.md", "LIESMICH.md");
        box.write(clone, "loose.sh", "#!/bin/sh\n");
        Files.setPosixFilePermissions(
                clone.resolve("loose.sh"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(clone.resolve("link"), Path.of("/etc/passwd"));
        box.write(clone, ".gitignore", "*.log\n");
        box.write(clone, "noise.log", "x");

        String line = Branches.bringBack(box.state);

        assertThat(line)
                .isEqualTo("branch fix: 2 commits, the last one of uncommitted work in 5 files");
        assertThat(box.git(box.host, "log", "--format=%s|%an", "fix"))
                .isEqualTo(
                        "Keep uncommitted work of claude|claude\nwork|Host User\nfirst|Host User");
        assertThat(box.git(box.host, "ls-tree", "-r", "--format=%(objectmode) %(path)", "fix"))
                .isEqualTo(
                        "100644 .gitignore\n100644 LIESMICH.md\n120000 link\n"
                                + "100755 loose.sh\n100644 src/a.txt");
        assertThat(box.git(box.host, "show", "fix:link")).isEqualTo("/etc/passwd");
        assertThat(box.git(box.host, "fsck", "--full", "--strict")).isEmpty();
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
        assertThat(Branches.bringBack(box.state)).startsWith("branch fix: 2 commits");
    }

    @Test
    void bringingBackTwiceKeepsLaterWorkToo() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        box.write(box.copy(), "a", "1");
        Branches.bringBack(box.state);
        box.write(box.copy(), "a", "2");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:a")).isEqualTo("2");
    }

    @Test
    void workOnOtherBranchesIsKeptAside() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        box.git(box.copy(), "switch", "-q", "-c", "other");
        box.write(box.copy(), "b", "1");
        box.commit(box.copy(), "on other");
        box.write(box.copy(), "c", "left");
        String line = Branches.bringBack(box.state);
        assertThat(line).endsWith("; further work is in refs/sandboxes/box/other");
        assertThat(box.git(box.host, "show", "refs/sandboxes/box/other:c")).isEqualTo("left");
        assertThat(box.git(box.host, "rev-list", "--count", "main..fix")).isEqualTo("0");
    }

    @Test
    void aBranchMovedOnTheHostIsNotOverwritten() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        box.write(box.copy(), "a", "guest");
        box.commit(box.copy(), "guest");
        box.git(box.host, "switch", "-q", "fix");
        box.write(box.host, "a", "host");
        box.commit(box.host, "host");
        box.git(box.host, "switch", "-q", "main");
        String line = Branches.bringBack(box.state);
        assertThat(line).contains("refs/sandboxes/box/fix (fix was moved on the host meanwhile)");
        assertThat(box.git(box.host, "show", "fix:a")).isEqualTo("host");
        assertThat(box.git(box.host, "show", "refs/sandboxes/box/fix:a")).isEqualTo("guest");
    }

    @Test
    void aRepackedCloneComesBackWhole() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        for (int i = 0; i < 30; i++) {
            box.write(box.host, "f" + i, "content " + i + "\n".repeat(i));
            box.commit(box.host, "c" + i);
        }
        box.start("fix");
        box.write(box.copy(), "new", "x");
        box.commit(box.copy(), "new");
        box.git(box.copy(), "gc", "-q", "--prune=now", "--aggressive");
        assertThat(Branches.bringBack(box.state)).isEqualTo("branch fix: 1 commit");
        assertThat(box.git(box.host, "fsck", "--full", "--strict")).isEmpty();
    }

    @Test
    void anObjectOnItsWayIntoAPackIsLookedForAgain() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        String commit = box.git(box.host, "rev-parse", "HEAD");
        Path loose = box.host.resolve(".git/objects/" + commit.substring(0, 2));
        Path aside = Files.move(loose, dir.resolve("aside"));
        Thread git =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                Thread.sleep(150);
                                Files.move(aside, loose);
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
        Path clone = box.start("fix").workTree();
        git.join();
        assertThat(box.git(clone, "rev-parse", "HEAD")).isEqualTo(commit);
        assertThat(box.git(box.host, "branch", "--list", "fix")).isEqualTo("  fix");
    }

    @Test
    void aRepositoryThatLacksAnObjectStaysAsItIs() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        String tree = box.git(box.host, "rev-parse", "HEAD^{tree}");
        Files.delete(
                box.host.resolve(".git/objects/" + tree.substring(0, 2) + "/" + tree.substring(2)));
        assertThatExceptionOfType(MissingObjectException.class)
                .isThrownBy(() -> box.start("fix"))
                .withMessageContaining(tree);
        assertThat(BranchRecord.cloneOf(box.state)).doesNotExist();
        assertThat(box.git(box.host, "branch", "--list", "fix")).isEmpty();
    }

    @Test
    void aShallowCloneStaysShallow() throws Exception {
        GitSandbox origin = GitSandbox.withCommit(Files.createDirectory(dir.resolve("o")));
        origin.write(origin.host, "second", "2");
        origin.commit(origin.host, "second");
        Path shallow = dir.resolve("shallow");
        origin.git(dir, "clone", "-q", "--depth", "1", "file://" + origin.host, shallow.toString());
        Path state = Files.createDirectories(dir.resolve("s/box"));
        Branches.Started started = Branches.start(state, "box", "claude", shallow, "fix");
        assertThat(origin.git(started.workTree(), "rev-list", "--count", "HEAD")).isEqualTo("1");
        assertThat(origin.git(started.workTree(), "fsck", "--full")).isEmpty();
        origin.write(started.workTree(), "third", "3");
        assertThat(Branches.bringBack(state)).startsWith("branch fix: 1 commit");
        assertThat(origin.git(shallow, "fsck", "--full")).isEmpty();
        assertThat(origin.git(shallow, "show", "fix:third")).isEqualTo("3");
    }

    @Test
    void aLinkedWorktreeAndADetachedHeadWork() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        Path linked = dir.resolve("linked");
        box.git(box.host, "worktree", "add", "-q", "--detach", linked.toString());
        box.write(linked, "w", "1");
        box.commit(linked, "in the worktree");
        Branches.Started started = Branches.start(box.state, "box", "codex", linked, "fix");
        assertThat(started.record().workTree()).isEqualTo(linked);
        box.write(started.workTree(), "x", "2");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:x")).isEqualTo("2");
        assertThat(box.git(box.host, "show", "fix:w")).isEqualTo("1");
        assertThat(box.git(box.host, "fsck", "--full")).isEmpty();
    }

    @Test
    void uncommittedChangesAreNamedAndLeftOut() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.write(box.host, "README.md", "changed\n");
        box.write(box.host, "new.txt", "new\n");
        Branches.Started started = box.start("auto");
        assertThat(started.leftOut()).containsExactly("README.md", "new.txt");
        assertThat(started.record().branch()).matches("jsbx/box-[0-9a-f]{6}");
        assertThat(Files.readString(started.workTree().resolve("README.md"))).isEqualTo("hello\n");
    }

    @Test
    void whatCannotHaveABranchIsRefusedWithAReason() throws Exception {
        GitSandbox empty = new GitSandbox(Files.createDirectory(dir.resolve("empty")));
        refused(() -> empty.start("fix"), "has no commit yet");
        GitSandbox box = GitSandbox.withCommit(Files.createDirectory(dir.resolve("full")));
        box.git(box.host, "branch", "taken");
        refused(() -> box.start("taken"), "branch taken exists");
        refused(() -> box.start("taken/below"), "cannot stand beside branch taken");
        refused(() -> box.start("a..b"), "\"a..b\" is no branch name");
        refused(() -> box.start("-x"), "\"-x\" is no branch name");
        Path bare = dir.resolve("bare.git");
        box.git(dir, "clone", "-q", "--bare", box.host.toString(), bare.toString());
        refused(
                () -> Branches.start(box.state, "box", "claude", bare, "fix"),
                "is a bare repository");
        Path plain = Files.createDirectory(dir.resolve("plain"));
        refused(
                () -> Branches.start(box.state, "box", "claude", plain, "fix"),
                "is not in a git repository");
        assertThat(box.copy()).doesNotExist();
    }

    @Test
    void remotesComeAlongWithoutPasswordsOrLocalPaths() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.git(box.host, "remote", "add", "origin", "https://me:hunter2@example.org/p.git");
        box.git(box.host, "remote", "add", "ssh", "git@example.org:p.git");
        box.git(box.host, "remote", "add", "local", "/srv/p.git");
        box.start("fix");
        String config = Files.readString(box.copy().resolve(".git/config"));
        assertThat(config).contains("https://example.org/p.git", "git@example.org:p.git");
        assertThat(config).doesNotContain("hunter2").doesNotContain("/srv/p.git");
    }

    @Test
    void diffAndMergeAgreeWithGit() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.write(box.host, "long.txt", "a\nb\nc\nd\ne\nf\ng\nh\n");
        Files.write(box.host.resolve("bin"), new byte[] {0, 1, 2, 3});
        box.commit(box.host, "more");
        box.start("fix");
        box.git(box.copy(), "mv", "long.txt", "moved.txt");
        box.write(box.copy(), "moved.txt", "a\nb\nc\nX\ne\nf\ng\nh\n");
        Files.write(box.copy().resolve("bin"), new byte[] {0, 9, 2, 3});
        box.write(box.copy(), "crlf.txt", "one\r\ntwo\r\n");
        box.commit(box.copy(), "changes");
        Branches.bringBack(box.state);
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            ByteArrayOutputStream patch = new ByteArrayOutputStream();
            BranchDiff.patch(host.git(), record.base(), record.tip(), patch);
            assertThat(patch.toString()).contains("rename from long.txt", "-d\n+X\n");
            assertThat(BranchDiff.changes(host.git(), record.base(), record.tip()))
                    .contains(new BranchDiff.Change("long.txt => moved.txt", 1, 1, false))
                    .contains(new BranchDiff.Change("crlf.txt", 2, 0, false))
                    .contains(new BranchDiff.Change("bin", 0, 0, true));
            box.write(box.host, "mine.txt", "mine\n");
            box.commit(box.host, "mine");
            String expected = box.git(box.host, "merge-tree", "--write-tree", "main", "fix");
            assertThat(BranchMerge.merge(host, record, null, false))
                    .startsWith("merged fix into main (");
            assertThat(box.git(box.host, "rev-parse", "main^{tree}")).isEqualTo(expected);
        }
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
        assertThat(box.git(box.host, "log", "-1", "--format=%P").split(" ")).hasSize(2);
    }

    @Test
    void conflictsChangeNothingAndAreListed() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        box.write(box.copy(), "README.md", "guest\n");
        Branches.bringBack(box.state);
        box.write(box.host, "README.md", "host\n");
        box.commit(box.host, "host");
        String before = box.git(box.host, "rev-parse", "main");
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            refused(
                    () -> BranchMerge.merge(host, record, null, false),
                    "conflicts in README.md; nothing was changed, git merge fix");
        }
        assertThat(box.git(box.host, "rev-parse", "main")).isEqualTo(before);
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
    }

    @Test
    void squashAndIntoAnotherBranchAndDirtyTrees() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.git(box.host, "branch", "release");
        box.start("fix");
        box.write(box.copy(), "a", "1");
        box.commit(box.copy(), "one");
        box.write(box.copy(), "b", "2");
        box.commit(box.copy(), "two");
        Branches.bringBack(box.state);
        BranchRecord record = BranchRecord.read(box.state).orElseThrow();
        try (HostRepository host = HostRepository.at(record.repository())) {
            assertThat(BranchMerge.merge(host, record, "release", true))
                    .startsWith("squashed fix into release");
            assertThat(box.git(box.host, "log", "--format=%s", "release"))
                    .isEqualTo("Work of claude on fix\nfirst");
            assertThat(box.git(box.host, "log", "-1", "--format=%b", "release"))
                    .isEqualTo("* one\n* two");
            box.write(box.host, "README.md", "dirty\n");
            refused(
                    () -> BranchMerge.merge(host, record, null, false),
                    "uncommitted changes (README.md)");
            box.git(box.host, "checkout", "-q", "README.md");
            box.write(box.host, "a", "untracked, in the way");
            refused(() -> BranchMerge.merge(host, record, null, false), "files in the way: a");
            Files.delete(box.host.resolve("a"));
            assertThat(BranchMerge.merge(host, record, null, false))
                    .startsWith("fast-forwarded main to fix");
            assertThat(BranchMerge.merge(host, record, null, false))
                    .isEqualTo("main already holds fix");
            refused(() -> BranchMerge.merge(host, record, "nope", false), "no branch nope");
        }
        assertThat(box.git(box.host, "status", "--porcelain")).isEmpty();
    }

    @Test
    void discardLeavesNoTrace() throws Exception {
        GitSandbox box = GitSandbox.withCommit(dir);
        box.start("fix");
        box.write(box.copy(), "a", "1");
        Branches.bringBack(box.state);
        Branches.discard(box.state);
        assertThat(box.git(box.host, "for-each-ref", "--format=%(refname)"))
                .isEqualTo("refs/heads/main");
        assertThat(box.state).isEmptyDirectory();
        refused(() -> Branches.discard(box.state), "has no branch");
    }

    private static void refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String reason) {
        assertThatExceptionOfType(BranchException.class)
                .isThrownBy(call)
                .withMessageContaining(reason);
    }
}
