package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A JDK that is shared with the guest and may not be changed there. */
final class JavaTrustChecks {
    private static final String VALUE = "s3cr3t-of-java-0123456789";
    private static final Duration PATIENCE = Duration.ofMinutes(9); // keytool and java, emulated
    private static final String STORE = "/usr/local/share/jsbx/cacerts";

    private JavaTrustChecks() {}

    static List<Check> all() {
        return List.of(new Check("used by a JDK that is shared read-only", JavaTrustChecks::used));
    }

    private static void used(JsbxProgram jsbx) throws Exception {
        Path jdk = jdk(jsbx.workspace().resolveSibling("jdk"));
        copyProgram(jsbx.workspace());
        try (SecretUpstream upstream = new SecretUpstream(jsbx.state().resolve("upstream"))) {
            jsbx.set("SSL_CERT_FILE", upstream.authority().toString());
            jsbx.call(List.of("policy", "allow", "network", "localhost:" + upstream.port()));
            String host = SecretUpstream.NAME + ":" + upstream.port();
            SecretChecks.store(jsbx, VALUE, "MINE", "--host", host);
            String script =
                    "sudo JAVA_HOME=%1$s jsbx-trust && %1$s/bin/java -XX:TieredStopAtLevel=1 -Djavax.net.ssl.trustStore=%2$s"
                            + " -cp . %3$s $URL/java";
            List<String> words =
                    SecretChecks.guest(
                            jsbx,
                            upstream,
                            "java",
                            script.formatted(jdk, STORE, AskByUrl.class.getName()));
            words.addAll(words.indexOf("-e"), List.of("-v", jdk + ":ro"));
            Result result = JsbxProgram.finish(jsbx.start(words), new byte[0], PATIENCE);
            assertThat(result.out()).as(result.err()).isEqualTo("welcome /java\n");
            assertThat(upstream.heard()).contains("/java Bearer " + VALUE);
        }
    }

    // The part that is needed, with a trust store of its own: on many hosts the JDK's is a link to
    // the host's.
    private static Path jdk(Path to) throws IOException, InterruptedException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        Result linked =
                JsbxProgram.finish(
                        new ProcessBuilder(
                                        jlink.toString(),
                                        "--add-modules",
                                        "java.base",
                                        "--generate-cds-archive",
                                        "--output",
                                        to.toString())
                                .start(),
                        new byte[0]);
        assertThat(linked.code()).as(linked.out() + linked.err()).isZero();
        return to;
    }

    private static void copyProgram(Path to) throws IOException {
        String file = AskByUrl.class.getName().replace('.', '/') + ".class";
        Files.createDirectories(to.resolve(file).getParent());
        try (InputStream in = AskByUrl.class.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, to.resolve(file));
        }
    }
}
