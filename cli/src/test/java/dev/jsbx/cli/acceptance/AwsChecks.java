package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code aws} command line, Debian's of this host, in a guest: with credentials that it has
 * not, against a server that verifies them.
 */
final class AwsChecks {
    private static final String IDENTITY = "AKIAREALIDENTITY0001";
    private static final String CREDENTIAL = "realSecretKeyOfTheUser/0123456789abcdefg";
    private static final String LIBRARY = "/usr/lib/python3/dist-packages";
    private static final Duration PATIENCE = Duration.ofMinutes(9); // an emulated Python

    private AwsChecks() {}

    static List<Check> all() {
        return List.of(new Check("aws puts, gets, lists, presigns and has no keys", AwsChecks::s3));
    }

    private static void s3(JsbxProgram jsbx) throws Exception {
        Path home = Path.of(jsbx.command()).getParent();
        try (S3Server server =
                S3Server.start(
                        home.resolve("cli/src/test/s3proxy/pom.xml"),
                        jsbx.workspace().resolveSibling("s3proxy"),
                        IDENTITY,
                        CREDENTIAL)) {
            jsbx.set("SSL_CERT_FILE", server.authority().toString());
            String host = S3Server.NAME + ":" + server.port();
            jsbx.call(List.of("policy", "allow", "network", "localhost:" + server.port()));
            store(jsbx, "AWS_ACCESS_KEY_ID", IDENTITY, host);
            store(jsbx, "AWS_SECRET_ACCESS_KEY", CREDENTIAL, host);
            script(jsbx);
            List<String> words = new ArrayList<>(jsbx.run("--name", "aws", "-v", LIBRARY + ":ro"));
            words.set(words.indexOf("minimal"), "default");
            words.addAll(List.of("-m", "1g", "-e", "URL=" + server.url()));
            words.addAll(List.of("python3", "session.py"));
            Result result = JsbxProgram.finish(jsbx.start(words), new byte[0], PATIENCE);
            assertThat(result.out())
                    .as(result.err())
                    .contains("make_bucket: guest\n", " 12000000 big\n", " 6 small\n")
                    .contains("same: True\n", "presigned: b'small\\n'\n")
                    .contains("sts: True, hand credentials to the guest: True\n")
                    .doesNotContain(IDENTITY, CREDENTIAL);
            assertThat(result.code()).as(result.err()).isZero();
            Result proof = jsbx.call(List.of("secret", "prove", "AWS_SECRET_ACCESS_KEY"));
            assertThat(proof.out())
                    .contains("memory of aws: ", "AWS_SECRET_ACCESS_KEY was found nowhere");
            Result log = jsbx.call(List.of("policy", "log", "--json", "aws"));
            assertThat(log.out()).contains("AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY");
        }
    }

    private static void store(JsbxProgram jsbx, String name, String value, String host)
            throws Exception {
        Result stored =
                jsbx.call(
                        List.of("secret", "set", name, "--host", host),
                        value.getBytes(StandardCharsets.US_ASCII));
        assertThat(stored.code()).as(stored.err()).isZero();
    }

    // One process for all commands: an emulated guest takes long to load the program.
    private static void script(JsbxProgram jsbx) throws Exception {
        Path workspace = jsbx.workspace();
        Files.writeString(
                workspace.resolve("aws.config"),
                """
                [default]
                region = us-east-1
                s3 =
                    signature_version = s3v4
                    addressing_style = path
                    multipart_threshold = 6MB
                    multipart_chunksize = 6MB
                """);
        Files.writeString(workspace.resolve("small"), "small\n");
        Files.write(workspace.resolve("big"), new byte[12_000_000]);
        Files.writeString(
                workspace.resolve("session.py"),
                """
                import contextlib, filecmp, io, os, sys, urllib.request
                sys.path.insert(0, "@library@")
                os.environ.update(AWS_CONFIG_FILE="aws.config", AWS_PAGER="",
                                  AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="1")
                from awscli.clidriver import create_clidriver
                driver = create_clidriver()

                def aws(*words):
                    return driver.main(["--endpoint-url", os.environ["URL"], *words])

                def said(*words):
                    out, err = io.StringIO(), io.StringIO()
                    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                        code = aws(*words)
                    return code, out.getvalue(), err.getvalue()

                codes = [aws("s3", "mb", "s3://guest"),
                         aws("s3", "cp", "--no-progress", "small", "s3://guest/small"),
                         aws("s3", "cp", "--no-progress", "big", "s3://guest/big"),
                         aws("s3", "ls", "s3://guest/"),
                         aws("s3", "cp", "--no-progress", "s3://guest/big", "back")]
                print("same:", filecmp.cmp("big", "back", shallow=False))
                url = said("s3", "presign", "s3://guest/small")[1].strip()
                print("presigned:", urllib.request.urlopen(url).read())
                code, out, err = said("sts", "get-session-token")
                words = "hand credentials to the guest"
                print(f"sts: {code != 0}, {words}: {words in out + err}")
                sys.exit(max(codes))
                """
                        .replace("@library@", LIBRARY));
    }
}
