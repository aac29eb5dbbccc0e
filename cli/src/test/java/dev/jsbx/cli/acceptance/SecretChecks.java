package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a guest has of a secret, which is nothing, and what it does with it all the same. */
final class SecretChecks {
    private static final String VALUE = "s3cr3t-0123456789-abcdef/ABC+xyz=";

    /** Each program's own way to send the placeholder, and what it then says. */
    private static final Map<String, String> USES = new LinkedHashMap<>();

    static {
        USES.put("curl -sS -H \"Authorization: Bearer $MINE\" $URL/curl", "welcome /curl\n");
        USES.put(
                """
                python3 -c 'import os, urllib.request as u
                r = u.Request(os.environ["URL"] + "/python")
                r.add_header("Authorization", "Bearer " + os.environ["MINE"])
                print(u.urlopen(r).read().decode(), end="")'
                """,
                "welcome /python\n");
        USES.put(
                """
                node -e 'require("https").get(process.env.URL + "/node",
                  {headers: {authorization: "Bearer " + process.env.MINE}},
                  r => r.pipe(process.stdout))'
                """,
                "welcome /node\n");
        USES.put("git ls-remote ${URL%%//*}//user:$MINE@${URL#*//}/repository.git; echo $?", "0\n");
    }

    private SecretChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("placeholders inside, and a planted value is found", SecretChecks::seen),
                new Check("used by curl, python, node and git, and nowhere", SecretChecks::used));
    }

    private static void seen(JsbxProgram jsbx) throws Exception {
        jsbx.set("GH_TOKEN", VALUE); // as on a host whose user works with it
        store(jsbx, VALUE + "\n", "github");
        Result first =
                jsbx.call(jsbx.run("--name", "first", "-e", "GH_TOKEN", "sh", "-c", "env; id"));
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out())
                .containsPattern("(?m)^GH_TOKEN=ghp_[A-Za-z0-9]{36}$")
                .contains("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt")
                .doesNotContain(VALUE);
        assertNoProcessHas(jsbx, VALUE);
        Result found = jsbx.call(List.of("secret", "prove", "github"));
        assertThat(found.out())
                .contains("memory of first: ", "github was found nowhere")
                .doesNotContain(VALUE);
        assertThat(found.code()).isZero();
        // As somebody would who types it where it does not belong.
        String encoded = base64("user:" + VALUE);
        Result planted =
                jsbx.call(
                        jsbx.run(
                                "--name",
                                "first",
                                "sh",
                                "-c",
                                "echo " + encoded + " > /tmp/kept; cat /tmp/kept"));
        assertThat(planted.out()).isEqualTo(encoded + "\n");
        Result hit = jsbx.call(List.of("secret", "prove", "github"));
        assertThat(hit.out()).contains("FOUND  base64 (at 2) in the memory of first");
        assertThat(hit.code()).isEqualTo(1);
    }

    private static void used(JsbxProgram jsbx) throws Exception {
        try (SecretUpstream upstream = new SecretUpstream(jsbx.state().resolve("upstream"))) {
            String host = SecretUpstream.NAME + ":" + upstream.port();
            jsbx.set("SSL_CERT_FILE", upstream.authority().toString());
            jsbx.call(List.of("policy", "allow", "network", "localhost:" + upstream.port()));
            store(jsbx, VALUE, "MINE", "--host", host);
            // One call each: all of them in one take an emulated guest too long on a busy host.
            for (Map.Entry<String, String> use : USES.entrySet()) {
                Result result = jsbx.call(guest(jsbx, upstream, "one", use.getKey()));
                assertThat(result.out())
                        .as(result.err() + upstream.heard())
                        .isEqualTo(use.getValue());
            }
            String bearer = " Bearer " + VALUE;
            assertThat(upstream.heard())
                    .contains("/curl" + bearer, "/python" + bearer, "/node" + bearer)
                    .contains("/repository.git/info/refs Basic " + base64("user:" + VALUE))
                    .noneMatch(told -> told.contains("jsbx-"));
            Result proof = jsbx.call(List.of("secret", "prove", "MINE"));
            assertThat(proof.out())
                    .contains("memory of one: ", "disk of one: ", "MINE was found nowhere");
            assertThat(proof.code()).isZero();
            assertNoProcessHas(jsbx, VALUE);
            rotationCountsAtOnce(jsbx, upstream);
            theOthersIsRefused(jsbx, upstream);
        }
    }

    private static void rotationCountsAtOnce(JsbxProgram jsbx, SecretUpstream upstream)
            throws Exception {
        String host = SecretUpstream.NAME + ":" + upstream.port();
        store(jsbx, "another-value", "MINE", "--host", host);
        jsbx.call(
                guest(
                        jsbx,
                        upstream,
                        "one",
                        "curl -sS -H \"Authorization: Bearer $MINE\" $URL/rotated"));
        assertThat(upstream.heard()).contains("/rotated Bearer another-value");
    }

    private static void theOthersIsRefused(JsbxProgram jsbx, SecretUpstream upstream)
            throws Exception {
        Result mine = jsbx.call(guest(jsbx, upstream, "one", "echo $MINE"));
        int before = upstream.heard().size();
        String ask = "curl -sS -o /dev/null -w '%{http_code}' -H \"Authorization: Bearer ";
        Result other =
                jsbx.call(guest(jsbx, upstream, "two", ask + mine.out().strip() + "\" $URL/theft"));
        assertThat(other.out()).as(other.err()).doesNotContain("200");
        assertThat(upstream.heard()).hasSize(before);
        Result log = jsbx.call(List.of("policy", "log", "--json", "two"));
        assertThat(log.out()).contains("/theft", "\"deny\"").doesNotContain(VALUE);
        Result used = jsbx.call(List.of("policy", "log", "--json", "one"));
        assertThat(used.out()).contains("MINE", "/curl").doesNotContain(VALUE);
    }

    /** A shell's command in the full image of a sandbox; {@code $URL} is the server. */
    static List<String> guest(
            JsbxProgram jsbx, SecretUpstream upstream, String name, String script) {
        List<String> words = new ArrayList<>(jsbx.run("--name", name));
        words.set(words.indexOf("minimal"), "default");
        words.addAll(List.of("-e", "URL=" + upstream.url(), "bash", "-c", script));
        return words;
    }

    /** Stores a secret. */
    static void store(JsbxProgram jsbx, String input, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("secret", "set"));
        line.addAll(List.of(words));
        Result stored = jsbx.call(line, input.getBytes(StandardCharsets.UTF_8));
        assertThat(stored.code()).as(stored.err()).isZero();
        assertThat(stored.out()).doesNotContain(VALUE);
    }

    private static void assertNoProcessHas(JsbxProgram jsbx, String value) throws IOException {
        assertThat(jsbx.guests()).isNotEmpty();
        for (ProcessHandle process : jsbx.guests()) {
            for (String file : List.of("environ", "cmdline")) {
                byte[] text = Files.readAllBytes(Path.of("/proc/" + process.pid(), file));
                assertThat(new String(text, StandardCharsets.ISO_8859_1)).doesNotContain(value);
            }
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
