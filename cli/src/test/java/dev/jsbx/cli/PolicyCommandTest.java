package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jsbx policy} word by word: output and exit codes of whole command lines. */
class PolicyCommandTest {
    private static final String LOG =
            """
            {"v":1,"event":"attempt","time":"2026-01-31T10:15:20.000Z","id":"a-1","sandbox":"demo",\
            "protocol":"tcp","name":"api.example.com","address":"93.184.216.34","port":443,\
            "via":"transparent","decision":"allow","rule":"allow api.example.com (global)",\
            "reason":"Allowed by global rule"}
            {"v":1,"event":"request","time":"2026-01-31T10:15:20.100Z","id":"a-1","sandbox":"demo",\
            "method":"GET","host":"api.example.com","path":"/v1","decision":"allow",\
            "rule":"allow api.example.com (global)","reason":"Allowed by global rule"}
            {"v":1,"event":"attempt","time":"2026-01-31T10:15:23.000Z","id":"a-2","sandbox":"demo",\
            "protocol":"tcp","address":"10.0.0.1","port":22,"via":"network","decision":"deny",\
            "rule":"non-public 10.0.0.0/8","reason":"10.0.0.0/8 is a private network (RFC 1918)"}
            {"v":1,"event":"end","time":"2026-01-31T10:15:24.000Z","id":"a-1","sandbox":"demo",\
            "sent":10,"received":2000,"micros":4000000,"end":"finished"}
            {"v":1,"event":"attempt","time":"2026-01-31T10:16:00.000Z","id":"b-1","sandbox":"gone",\
            "protocol":"tcp","name":"api.example.com","address":"93.184.216.34","port":443,\
            "via":"forward","decision":"allow","rule":"mode open","reason":"because"}
            {"v":1,"event":"attempt","time":"2026-01-31T10:17:00.000Z","id":"b-2","sandbox":"gone",\
            "protocol":"tcp","name":"api.example.com","address":"93.184.216.34","port":443,\
            "via":"forward","decision":"allow","rule":"mode open","reason":"because"}
            {"v":1,"event":"attempt","time":"2026-01-31T10:17:01.000Z","id":"b-3","sand\
            """;

    @TempDir Path directory;

    @Test
    void transcript() throws Exception {
        assertThat(run("policy-transcript.txt")).isEqualTo(resource("policy-transcript.txt"));
    }

    private String resource(String name) throws Exception {
        try (InputStream in = PolicyCommandTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String run(String name) throws Exception {
        Path script = Files.writeString(directory.resolve("script"), resource(name));
        Path audit = Files.createDirectories(directory.resolve("state/jsbx/audit"));
        Files.writeString(audit.resolve("2026-01-31.jsonl"), LOG);
        Path policy = directory.resolve("config/jsbx/policy.yaml");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Dstdout.encoding=UTF-8",
                        "-Duser.timezone=UTC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommandScript.class.getName(),
                        script.toString(),
                        policy.toString());
        builder.environment()
                .putAll(
                        Map.of(
                                "XDG_CONFIG_HOME",
                                directory.resolve("config").toString(),
                                "XDG_STATE_HOME",
                                directory.resolve("state").toString()));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the script's end").isTrue();
        assertThat(process.exitValue()).isZero();
        return said.replace(directory.toString(), "TMP");
    }
}
