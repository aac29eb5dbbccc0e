package dev.jsbx.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallScriptTest {
    private static final Path PREFIX = Path.of("/opt/jsbx/mine");

    @TempDir private Path tree;

    private static Agent agent(String... install) {
        return new Agent(
                "mine",
                List.of("x"),
                List.of(install),
                List.of("mine"),
                List.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    private void unpack(String name, String json) throws IOException {
        Path directory = tree.resolve("lib/node_modules").resolve(name);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("package.json"), json);
    }

    @Test
    void packagesOfScopesAreFound() throws IOException {
        unpack("@some/tool", "{\"name\": \"@some/tool\", \"version\": \"1.2.3\", \"bin\": {}}");
        unpack("tool", "{\"scripts\": {\"test\": \"x\", \"a\": 1}, \"name\": \"tool\"}");
        unpack("tool/node_modules/inner", "{}");
        assertThat(NpmPackage.in(tree))
                .extracting(p -> p.name() + "@" + p.version())
                .containsExactly("@some/tool@1.2.3", "tool@");
    }

    @Test
    void nothingToRunIsNoScript() throws IOException {
        unpack("tool", "{\"scripts\": {\"test\": \"x\"}}");
        assertThat(InstallScript.of(agent(), NpmPackage.in(tree), tree, PREFIX)).isEmpty();
    }

    @Test
    void runsInOrderAndStopsAtTheFirstFailure() throws Exception {
        unpack("tool", "{\"version\": \"1\", \"scripts\": {\"postinstall\": \"echo 'a  b'\"}}");
        String script =
                InstallScript.of(agent("false", "echo no"), NpmPackage.in(tree), tree, tree);
        Process sh = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        String said = new String(sh.getInputStream().readAllBytes());
        assertThat(said).isEqualTo("a  b\n");
        assertThat(sh.waitFor()).isEqualTo(1);
        assertThat(InstallScript.of(agent(), NpmPackage.in(tree), tree, PREFIX))
                .contains("cd '/opt/jsbx/mine/lib/node_modules/tool'\n");
    }
}
