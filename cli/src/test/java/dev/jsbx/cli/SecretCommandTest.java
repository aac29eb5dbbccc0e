package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jsbx secret} word by word: output and exit codes of whole command lines. */
class SecretCommandTest {
    private static final String VALUE = "AKIAIOSFODNN7EXAMPLE";
    @TempDir Path directory;

    @Test
    void transcript() throws Exception {
        String expected = resource("secret-transcript.txt");
        assertThat(run(expected)).isEqualTo(expected);
        assertNothingHolds(VALUE);
    }

    private String resource(String name) throws Exception {
        try (InputStream in = SecretCommandTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String run(String text) throws Exception {
        Path script = Files.writeString(directory.resolve("script"), text);
        Path config = directory.resolve("config/jsbx");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommandScript.class.getName(),
                        script.toString(),
                        config.toString());
        builder.environment().clear();
        builder.environment()
                .putAll(
                        Map.of(
                                "PATH", System.getenv("PATH"),
                                "XDG_CONFIG_HOME", directory.resolve("config").toString(),
                                "XDG_STATE_HOME", directory.resolve("state").toString(),
                                "AWS_ACCESS_KEY_ID", VALUE));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the script's end").isTrue();
        assertThat(process.exitValue()).isZero();
        return said.replace(directory.toString(), "TMP");
    }

    private void assertNothingHolds(String value) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] all = Files.readAllBytes(file);
                assertThat(new String(all, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(value);
            }
        }
    }
}
