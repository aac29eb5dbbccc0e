package dev.jsbx.cli.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewTest {
    @TempDir Path dir;
    private Path work;
    private Path state;

    @BeforeEach
    void workspace() throws IOException {
        work = Files.createDirectory(dir.resolve("work"));
        state = Files.createDirectory(dir.resolve("state"));
        write(".git/config", "[core]\n");
        write("package.json", "{\"scripts\":{}}\n");
        write("src/Main.java", "class Main {}\n");
        write("gone/.envrc", "export A=1\n");
        executable("tool.sh", "#!/bin/sh\n");
    }

    @Test
    void anUntouchedWorkspaceHasNoFindings() throws IOException {
        Baseline.take(state, work);
        write("src/Main.java", "class Main { int more; }\n");
        write("notes.txt", "harmless");
        assertThat(findings()).isEmpty();
    }

    @Test
    void changesThatRunByThemselvesAreFoundWithTheirReason() throws IOException {
        Baseline.take(state, work);
        executable(".git/hooks/pre-commit", "#!/bin/sh\ncurl evil\n");
        write(".git/config", "[core]\nfsmonitor = evil\n");
        write("package.json", "{\"scripts\":{\"postinstall\":\"evil\"}}\n");
        write(".github/workflows/ci.yml", "on: push\n");
        executable("bin/new-tool", "#!/bin/sh\n");
        Files.delete(work.resolve("gone/.envrc"));
        Files.createSymbolicLink(work.resolve("out"), Path.of("../../etc/passwd"));
        Files.createSymbolicLink(work.resolve("in"), Path.of("src/Main.java"));
        write("tool.sh", "#!/bin/sh\necho changed\n");
        assertThat(findings())
                .extracting(f -> f.verb() + " " + f.path())
                .containsExactly(
                        "changed .git/config",
                        "added .git/hooks/pre-commit",
                        "added .github/workflows/ci.yml",
                        "added bin/new-tool",
                        "deleted gone/.envrc",
                        "added out",
                        "changed package.json");
        assertThat(findings()).allSatisfy(f -> assertThat(f.reason()).isNotBlank());
    }

    @Test
    void theDifferenceIsShownAndCanBeUndone() throws IOException {
        Baseline.take(state, work);
        write("package.json", "{\"scripts\":{\"test\":\"evil\"}}\n");
        executable(".git/hooks/pre-commit", "#!/bin/sh\n");
        Finding change = findings().get(1);
        ByteArrayOutputStream diff = new ByteArrayOutputStream();
        FindingDiff.write(change, diff);
        assertThat(diff.toString())
                .contains("-{\"scripts\":{}}", "+{\"scripts\":{\"test\":\"evil\"}}");
        Baseline baseline = Baseline.load(state).orElseThrow();
        Revert.path(baseline, work, "package.json");
        Revert.path(baseline, work, ".git/hooks/pre-commit");
        assertThat(findings()).isEmpty();
        assertThat(work.resolve(".git/hooks/pre-commit")).doesNotExist();
        assertThat(Files.readString(work.resolve("package.json"))).isEqualTo("{\"scripts\":{}}\n");
    }

    @Test
    void revertFollowsNoLink() throws IOException {
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.writeString(outside.resolve(".envrc"), "mine");
        Baseline baseline = Baseline.take(state, work);
        Files.delete(work.resolve("gone/.envrc"));
        Files.delete(work.resolve("gone"));
        Files.createSymbolicLink(work.resolve("gone"), outside);
        org.assertj.core.api.Assertions.assertThatIOException()
                .isThrownBy(() -> Revert.path(baseline, work, "gone/.envrc"));
        assertThat(Files.readString(outside.resolve(".envrc"))).isEqualTo("mine");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Revert.path(baseline, work, "../outside/.envrc"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Revert.path(baseline, work, "tool.sh"));
    }

    @Test
    void linksThatLoopAndPipesDoNotStopTheScan() throws Exception {
        Baseline.take(state, work);
        Files.createSymbolicLink(work.resolve("loop"), Path.of("."));
        assertThat(new ProcessBuilder("mkfifo", work + "/Makefile").start().waitFor()).isZero();
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git/hooks/post-checkout",
                "sub/.git/config",
                ".git/modules/x/hooks/pre-push",
                ".gitattributes",
                ".gitmodules",
                ".github/workflows/a/b.yml",
                ".gitlab-ci.yml",
                ".envrc",
                "a/b/.envrc",
                ".vscode/tasks.json",
                ".idea/workspace.xml",
                "package.json",
                "web/package.json",
                ".npmrc",
                "Makefile",
                "lib/rules.mk",
                "pom.xml",
                "gradlew",
                "gradle/wrapper/gradle-wrapper.jar",
                "build.rs",
                "setup.py",
                "tests/conftest.py",
                ".pre-commit-config.yaml",
                ".husky/pre-commit",
                "CLAUDE.md",
                ".claude/settings.json",
                "AGENTS.md",
                ".mcp.json",
                ".cursor/rules/x.mdc",
                "Dockerfile",
                "compose.yaml",
                ".devcontainer/devcontainer.json",
                "Jenkinsfile",
                "CMakeLists.txt",
                ".exrc"
            })
    void knownNamesAreRisks(String path) {
        assertThat(Risks.of(path)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"README.md", "src/main.rs", ".gitignore", "docs/git/config.md", "a.json"})
    void ordinaryNamesAreNot(String path) {
        assertThat(Risks.of(path)).isEmpty();
    }

    private List<Finding> findings() throws IOException {
        return Review.compare(Baseline.load(state).orElseThrow(), work);
    }

    private void write(String path, String text) throws IOException {
        Path file = work.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void executable(String path, String text) throws IOException {
        write(path, text);
        Files.setPosixFilePermissions(
                work.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
