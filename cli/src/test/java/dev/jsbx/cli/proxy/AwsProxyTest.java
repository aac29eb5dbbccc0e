package dev.jsbx.cli.proxy;

import static dev.jsbx.cli.proxy.ProxyUnderTest.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.secret.SecretBinding.AwsCredential;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests signed with placeholders, as a service that checks signatures gets them. */
class AwsProxyTest {
    private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String TOKEN = "session-token-that-is-real/+=";

    @TempDir private Path directory;
    private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
    private ProxyUnderTest proxy;
    private RawServer server;

    @BeforeEach
    void start() throws Exception {
        proxy = new ProxyUnderTest(directory);
        server =
                RawServer.tls(
                        proxy.upstreamAuthority.sign(HOST),
                        (in, out) -> {
                            for (String head = server.head(in);
                                    !head.isEmpty();
                                    head = server.head(in)) {
                                bodies.add(RawServer.body(in, head));
                                RawServer.ok(out, "done");
                            }
                        });
        proxy.to(server.address());
        set("AWS_ACCESS_KEY_ID", KEY, AwsCredential.Part.ACCESS_KEY_ID);
        set("AWS_SECRET_ACCESS_KEY", SECRET, AwsCredential.Part.SECRET_ACCESS_KEY);
    }

    private void set(String name, String value, AwsCredential.Part part) {
        proxy.secrets.set(name, value, proxy.here(), new AwsCredential(part));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        proxy.close();
    }

    private String ask(String first, String headers, String scope, String body) throws Exception {
        String authorization =
                scope == null
                        ? ""
                        : "Authorization: AWS4-HMAC-SHA256 Credential="
                                + proxy.secrets.placeholder("AWS_ACCESS_KEY_ID")
                                + "/20150830/"
                                + scope
                                + "/aws4_request, SignedHeaders=content-type;host;x-amz-date,"
                                + " Signature=0123\r\nX-Amz-Date: 20150830T123600Z\r\n";
        try (SSLSocket guest = proxy.guest(HOST)) {
            RawServer.write(
                    guest.getOutputStream(),
                    first
                            + " HTTP/1.1\r\nHost: "
                            + HOST
                            + ":"
                            + proxy.destination.port()
                            + "\r\n"
                            + authorization
                            + headers
                            + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
                            + "\r\n"
                            + body);
            InputStream in = new BufferedInputStream(guest.getInputStream());
            String head = RawServer.readHead(in);
            return head + new String(RawServer.body(in, head), StandardCharsets.ISO_8859_1);
        }
    }

    private void isSigned(boolean s3) throws Exception {
        String head = server.heads.getLast();
        String authorization = RawServer.header(head, "authorization");
        assertThat(SigV4Check.part(authorization, "Credential=")).startsWith(KEY + "/");
        assertThat(SigV4Check.part(authorization, "Signature="))
                .as(head)
                .isEqualTo(SigV4Check.signature(head, bodies.getLast(), SECRET, s3));
        assertThat(RawServer.header(head, "x-amz-date")).doesNotStartWith("2015");
        assertThat(head).doesNotContain("PLACEHOLDER");
    }

    /** The check itself, against vectors that AWS has published. */
    @Test
    void checksAsAwsDoes() throws Exception {
        String rest =
                " HTTP/1.1\r\nHost:example.amazonaws.com\r\nX-Amz-Date:20150830T123600Z\r\n"
                        + "Authorization: AWS4-HMAC-SHA256"
                        + " Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                        + " SignedHeaders=host;x-amz-date, Signature=\r\n\r\n";
        String secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assertThat(SigV4Check.signature("GET /" + rest, new byte[0], secret, false))
                .isEqualTo("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        assertThat(SigV4Check.signature("POST /" + rest, new byte[0], secret, false))
                .isEqualTo("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        assertThat(
                        SigV4Check.signature(
                                "GET /?Param2=value2&Param1=value1" + rest,
                                new byte[0],
                                secret,
                                false))
                .isEqualTo("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    }

    @Test
    void signsServicesWithTheirBody() throws Exception {
        ask(
                "POST /a%20b/c?z=1&a=%2F%20x&a=&b",
                "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_1.GetItem\r\n",
                "us-east-1/dynamodb",
                "{\"TableName\": \"t\"}");
        String head = server.heads.getLast();
        assertThat(RawServer.header(head, "x-amz-target")).isEqualTo("DynamoDB_1.GetItem");
        String signed = SigV4Check.part(RawServer.header(head, "authorization"), "SignedHeaders=");
        assertThat(signed).contains("content-type").contains("x-amz-target");
        assertThat(RawServer.header(head, "x-amz-content-sha256"))
                .isEqualTo(SigV4Check.hash(bodies.getLast()));
        assertThat(proxy.log.getLast()).endsWith("AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY");
        ask("GET /x", "", "us-east-1/lambda", "");
        isSigned(false);
    }

    @Test
    void signsS3AsItStands() throws Exception {
        set("AWS_SESSION_TOKEN", TOKEN, AwsCredential.Part.SESSION_TOKEN);
        ask(
                "PUT /bucket/k%C3%A9y%20/..//+x?partNumber=2&uploadId=a%2Bb",
                "X-Amz-Content-Sha256: " + "0".repeat(64) + "\r\nX-Amz-Security-Token: t\r\n",
                "eu-central-1/s3",
                "object");
        assertThat(server.heads.getLast())
                .startsWith("PUT /bucket/k%C3%A9y%20/..//+x?partNumber=2&uploadId=a%2Bb HTTP/1.1");
        assertThat(RawServer.header(server.heads.getLast(), "x-amz-security-token"))
                .isEqualTo(TOKEN);
        assertThat(RawServer.header(server.heads.getLast(), "x-amz-content-sha256"))
                .isEqualTo("UNSIGNED-PAYLOAD");
        isSigned(true);
    }

    @Test
    void takesStreamedChunksApart() throws Exception {
        String chunks =
                "5;chunk-signature=00\r\nhello\r\n6;chunk-signature=01\r\n world\r\n"
                        + "0;chunk-signature=02\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        ask(
                "PUT /bucket/key",
                "Content-Encoding: aws-chunked\r\nX-Amz-Decoded-Content-Length: 11\r\n"
                        + "X-Amz-Trailer: x-amz-checksum-crc32\r\n"
                        + "X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\r\n",
                "eu-central-1/s3",
                chunks);
        assertThat(bodies.getLast()).asString(StandardCharsets.UTF_8).isEqualTo("hello world");
        assertThat(server.heads.getLast()).doesNotContainIgnoringCase("aws-chunked");
        isSigned(true);
        assertThat(
                        ask(
                                "PUT /bucket/key",
                                "X-Amz-Decoded-Content-Length: 11\r\nX-Amz-Content-Sha256:"
                                        + " STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD\r\n",
                                "eu-central-1/s3",
                                chunks))
                .startsWith("HTTP/1.1 501 ");
    }

    @Test
    void signsPresignedRequests() throws Exception {
        ask(
                "GET /bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                        + proxy.secrets.placeholder("AWS_ACCESS_KEY_ID")
                        + "%2F20150830%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date="
                        + "20150830T123600Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host"
                        + "&response-content-type=text%2Fplain&X-Amz-Signature=00",
                "",
                null,
                "");
        String head = server.heads.getLast();
        AwsQuery query = AwsQuery.of(head.split(" ")[1]);
        assertThat(query.first("X-Amz-Credential")).startsWith(KEY + "/");
        assertThat(query.first("X-Amz-Expires")).isEqualTo("600");
        assertThat(query.first("response-content-type")).isEqualTo("text/plain");
        assertThat(query.first("X-Amz-Signature")).isEqualTo(SigV4Check.presigned(head, SECRET));
    }

    @Test
    void refusesWhatHandsOutCredentials() throws Exception {
        String form = "Content-Type: application/x-www-form-urlencoded\r\n";
        for (String[] each :
                new String[][] {
                    {"POST /", form, "us-east-1/sts", "Action=AssumeRole&RoleArn=x"},
                    {"POST /", form, "us-east-1/sts", "Version=1&Action=GetSessionToken"},
                    {"POST /", form, "us-east-1/sts", ""},
                    {"GET /?Action=GetFederationToken", "", "us-east-1/sts", ""},
                    {"POST /", form, "us-east-1/iam", "Action=CreateAccessKey"},
                    {"POST /?Action=ListUsers", form, "us-east-1/iam", "Action=CreateAccessKey"},
                    {
                        "POST /",
                        form + "X-Amz-Target: S.GetCallerIdentity\r\n",
                        "us-east-1/sts",
                        "Action=AssumeRole"
                    },
                    {"GET /bucket?session", "", "us-east-1/s3express", ""}
                }) {
            assertThat(ask(each[0], each[1], each[2], each[3]))
                    .as(each[0] + each[3])
                    .startsWith("HTTP/1.1 40");
        }
        assertThat(server.heads).isEmpty();
        assertThat(ask("POST /", form, "us-east-1/sts", "Action=GetCallerIdentity"))
                .startsWith("HTTP/1.1 200 ");
        isSigned(false);
    }

    @Test
    void refusesOtherSignatures() throws Exception {
        String placeholder = proxy.secrets.placeholder("AWS_ACCESS_KEY_ID");
        assertThat(ask("GET /?AWSAccessKeyId=" + placeholder + "&Signature=x", "", null, ""))
                .startsWith("HTTP/1.1 403 ");
        assertThat(ask("GET /", "Authorization: AWS " + placeholder + ":x\r\n", null, ""))
                .startsWith("HTTP/1.1 403 ");
        assertThat(server.heads).isEmpty();
    }
}
