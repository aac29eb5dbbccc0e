package dev.jsbx.cli.proxy;

import dev.jsbx.bench.secret.AllAllowed;
import dev.jsbx.bench.secret.BoundSecret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the proxy does to a request and its answer, without TLS and sockets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC"
        })
public class SecretPath {
    private static final String HOST = "api.example.com";
    private static final int PORT = 443;
    private static final int PIECE = 16 << 10;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private BoundSecret secrets;
    private Session session;
    private Needles needles;
    private Masker masker;
    private ByteBuf zeros;
    private ByteBuf text;
    private HttpRequest request;
    private HttpResponse response;

    /** A connection's session, a request of a usual client and pieces of answers. */
    @Setup
    public void prepare() {
        secrets = new BoundSecret(HOST, PORT);
        session =
                new Session(
                        HOST,
                        PORT,
                        true,
                        secrets,
                        new AllAllowed(),
                        channel.eventLoop(),
                        new BodyBudget());
        needles = Needles.of(List.of(secrets.value("key").join().buffer()));
        masker = new Masker(needles);
        zeros = PooledByteBufAllocator.DEFAULT.directBuffer(PIECE).writeZero(PIECE);
        text = PooledByteBufAllocator.DEFAULT.directBuffer(PIECE);
        while (text.readableBytes() < PIECE - 64) {
            text.writeCharSequence(
                    "{\"id\":\"msg_01\",\"model\":\"x-4\",\"text\":\"as said before\"},\n",
                    StandardCharsets.US_ASCII);
        }
        request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v1/things?page=2");
        request.headers()
                .set("Host", HOST)
                .set("User-Agent", "curl/8.14.1")
                .set("Accept", "*/*")
                .set("Accept-Encoding", "gzip, br")
                .set("Content-Type", "application/json")
                .set("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e")
                .set("X-Api-Key", secrets.placeholder("key"));
        response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set("Date", "Mon, 30 Nov 2026 10:00:00 GMT")
                .set("Content-Type", "application/json; charset=utf-8")
                .set("Content-Length", "512")
                .set("Server", "example")
                .set("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e")
                .set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }

    /** Gives the memory back. */
    @TearDown
    public void end() {
        session.close();
        masker.close();
        needles.close();
        zeros.release();
        text.release();
    }

    /** A request's head: checked, decided, the secret put in, written anew. */
    @Benchmark
    public int requestHead() throws Refused {
        Prepared ready = session.prepare(Http1Head.read(request, HOST)).join();
        ByteBuf out = Http1Head.write(ready.head());
        int size = out.readableBytes();
        ready.close();
        out.release();
        return size;
    }

    /** An answer's head, searched and written anew. */
    @Benchmark
    public int responseHead() throws Refused {
        ByteBuf out =
                Http1Answer.head(response, Http1Answer.framing(response, false), masker, false);
        int size = out.readableBytes();
        out.release();
        return size;
    }

    /** 16 KiB of an answer's body, searched: JSON. */
    @Benchmark
    public int bodyOfText() {
        return masker.next(text).readableBytes();
    }

    /** The same: zeros. */
    @Benchmark
    public int bodyOfZeros() {
        return masker.next(zeros).readableBytes();
    }
}
