package dev.jsbx.cli.branch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A host repository and a sandbox's state directory in a temporary place, with the real git. */
final class GitSandbox {
    final Path root;
    final Path host;
    final Path state;

    GitSandbox(Path root) throws Exception {
        this.root = root;
        host = Files.createDirectory(root.resolve("project"));
        state = Files.createDirectories(root.resolve("state/box"));
        git(host, "init", "-q", "-b", "main");
        git(host, "config", "user.name", "Host User");
        git(host, "config", "user.email", "host@example.org");
    }

    static GitSandbox withCommit(Path root) throws Exception {
        GitSandbox sandbox = new GitSandbox(root);
        sandbox.write(sandbox.host, "README.md", "hello\n");
        sandbox.commit(sandbox.host, "first");
        return sandbox;
    }

    Branches.Started start(String branch) throws Exception {
        return Branches.start(state, "box", "claude", host, branch);
    }

    Path copy() {
        return BranchRecord.cloneOf(state);
    }

    void write(Path tree, String path, String text) throws IOException {
        Path file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    void commit(Path tree, String message) throws Exception {
        git(tree, "add", "-A");
        git(tree, "commit", "-q", "-m", message);
    }

    /** Runs git and returns what it prints, without the last line end. */
    String git(Path tree, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", tree.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + out).isZero();
        return out.stripTrailing();
    }
}
