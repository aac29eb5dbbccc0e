package dev.jsbx.cli.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that is brought back again, after a guest did what it could to hide it. */
class CloneIndexTest {
    private static final long SETTLED_MILLIS = 60;

    @TempDir private Path root;
    private GitSandbox box;

    @BeforeEach
    void workThatCameBack() throws Exception {
        box = GitSandbox.withCommit(root);
        box.start("fix");
        box.write(box.copy(), "kept.txt", "kept\n");
        box.write(box.copy(), "work.txt", "one\n");
        bringBackSettled();
        assertThat(box.git(box.host, "show", "fix:work.txt")).isEqualTo("one");
    }

    // Only what is older than a tick of the kernel's clock is believed the next time.
    private void bringBackSettled() throws Exception {
        Thread.sleep(SETTLED_MILLIS);
        Branches.bringBack(box.state);
    }

    private CloneIndex index() {
        return CloneIndex.open(box.state);
    }

    @Test
    void nothingNewMakesNoCommit() throws Exception {
        String tip = box.git(box.host, "rev-parse", "fix");
        assertThat(index().nothingNew()).hasValue(2);
        assertThat(Branches.bringBack(box.state))
                .isEqualTo("branch fix: 1 commit, the last one of uncommitted work in 2 files");
        assertThat(box.git(box.host, "rev-parse", "fix")).isEqualTo(tip);
    }

    @Test
    void touchedFilesMakeNoCommit() throws Exception {
        String tip = box.git(box.host, "rev-parse", "fix");
        box.write(box.copy(), "work.txt", "one\n");
        assertThat(index().nothingNew()).isEmpty();
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "rev-parse", "fix")).isEqualTo(tip);
    }

    @Test
    void aChangeOfTheSameSizeUnderTheOldTimeIsSeen() throws Exception {
        Path work = box.copy().resolve("work.txt");
        FileTime modified = Files.getLastModifiedTime(work);
        Files.writeString(work, "two\n");
        Files.setLastModifiedTime(work, modified);
        assertThat(index().isUnchanged("work.txt")).isFalse();
        assertThat(index().isUnchanged("kept.txt")).isTrue();
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:work.txt")).isEqualTo("two");
    }

    @Test
    void aFileInPlaceOfAnotherIsSeen() throws Exception {
        Path fresh = box.copy().resolve("fresh");
        Files.writeString(fresh, "two\n");
        Path work = box.copy().resolve("work.txt");
        Files.setLastModifiedTime(fresh, Files.getLastModifiedTime(work));
        Files.move(fresh, work, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:work.txt")).isEqualTo("two");
    }

    @Test
    void aChangeWithinOneTickIsSeen() throws Exception {
        for (int i = 0; i < 5; i++) {
            box.write(box.copy(), "work.txt", i + "\n");
            Branches.bringBack(box.state);
            assertThat(box.git(box.host, "show", "fix:work.txt")).isEqualTo("" + i);
        }
    }

    @Test
    void commitsAndNewBranchesAreSeen() throws Exception {
        box.commit(box.copy(), "second");
        bringBackSettled();
        assertThat(index().nothingNew()).hasValue(0);
        box.git(box.copy(), "branch", "side");
        bringBackSettled();
        assertThat(box.git(box.host, "rev-parse", "refs/sandboxes/box/side"))
                .isEqualTo(box.git(box.copy(), "rev-parse", "HEAD"));
    }

    @Test
    void refsThatWereDeletedOnTheHostComeBack() throws Exception {
        String tip = box.git(box.host, "rev-parse", "fix");
        box.git(box.host, "update-ref", "-d", "refs/sandboxes/box/fix");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "rev-parse", "refs/sandboxes/box/fix")).isEqualTo(tip);
    }

    @Test
    void aDamagedIndexIsAsNone() throws Exception {
        Path file = box.state.resolve("clone.index");
        byte[] bytes = Files.readAllBytes(file);
        for (int i : new int[] {0, 4, 8, 20, bytes.length / 2, bytes.length - 1}) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertThat(index().nothingNew()).as("byte %d", i).isEmpty();
        }
        Files.write(file, new byte[0]);
        assertThat(index().nothingNew()).isEmpty();
        assertThat(Branches.bringBack(box.state)).startsWith("branch fix: 1 commit");
    }

    @Test
    void namesThatAreNoTextAreToldApart() throws Exception {
        rename("work.txt", "\\376");
        rename("kept.txt", "\\377");
        Thread.sleep(SETTLED_MILLIS);
        CloneScan.of(box.copy())
                .orElseThrow()
                .forEach(
                        (path, stat, settled) ->
                                assertThat(path).isNotIn("work.txt", "kept.txt", "\ufffd"));
    }

    private void rename(String from, String to) throws IOException, InterruptedException {
        String script = "mv " + from + " \"$(printf '" + to + "')\"";
        Process process =
                new ProcessBuilder("sh", "-c", script).directory(box.copy().toFile()).start();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void linksAndWhatIsDeepAreListedByTheirOwnStat() throws Exception {
        Files.createSymbolicLink(box.copy().resolve("out"), Path.of("/"));
        Path deep = box.copy();
        for (int i = 0; i < 50; i++) {
            deep = deep.resolve("d" + i);
        }
        Files.createDirectories(deep);
        Files.writeString(deep.resolve("file"), "deep\n");
        int[] found = {0};
        CloneScan.of(box.copy())
                .orElseThrow()
                .forEach(
                        (path, stat, settled) -> {
                            assertThat(path).doesNotStartWith("out/");
                            found[0] += path.endsWith("d49/file") || path.equals("out") ? 1 : 0;
                        });
        assertThat(found[0]).isEqualTo(2);
    }

    private ObjectId refreshed() throws Exception {
        return Branches.refresh(box.state).tip();
    }

    @Test
    void whoOnlyLooksNeedsNoScanUntilTheMachineHasRunAgain() throws Exception {
        Sandbox sandbox = Sandbox.at(box.state);
        run(sandbox);
        bringBackSettled();
        ObjectId tip = refreshed();
        box.write(box.copy(), "work.txt", "by hand\n");
        assertThat(refreshed()).isEqualTo(tip);
        run(sandbox);
        assertThat(refreshed()).isNotEqualTo(tip);
        assertThat(box.git(box.host, "show", "fix:work.txt")).isEqualTo("by hand");
    }

    @Test
    void whoBringsBackLooksWhateverHasRun() throws Exception {
        run(Sandbox.at(box.state));
        bringBackSettled();
        box.write(box.copy(), "work.txt", "by hand\n");
        Branches.bringBack(box.state);
        assertThat(box.git(box.host, "show", "fix:work.txt")).isEqualTo("by hand");
    }

    @Test
    void workOfARunThatGoesOnIsNotTakenForAll() throws Exception {
        Sandbox sandbox = Sandbox.at(box.state);
        ObjectId tip;
        try (FileLock lock = sandbox.tryRun().orElseThrow()) {
            sandbox.noteRun();
            bringBackSettled();
            tip = refreshed();
            box.write(box.copy(), "work.txt", "two\n");
        }
        assertThat(refreshed()).isNotEqualTo(tip);
    }

    @Test
    void aBranchWhoseObjectsTheHostGaveUpIsBroughtBackAgain() throws Exception {
        run(Sandbox.at(box.state));
        bringBackSettled();
        ObjectId tip = refreshed();
        box.git(box.host, "update-ref", "-d", "refs/sandboxes/box/fix");
        assertThat(refreshed()).isEqualTo(tip);
        assertThat(box.git(box.host, "rev-parse", "refs/sandboxes/box/fix")).isEqualTo(tip.name());
    }

    private static void run(Sandbox sandbox) throws IOException {
        try (FileLock lock = sandbox.tryRun().orElseThrow()) {
            sandbox.noteRun();
        }
    }
}
