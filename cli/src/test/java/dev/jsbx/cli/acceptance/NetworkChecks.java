package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** What the guest reaches, who decides it, and what is written down. */
final class NetworkChecks {
    private static final int MANY = 20_000_000;

    private NetworkChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("the host's services are closed", NetworkChecks::closed),
                new Check("a rule opens one at once, and closes it", NetworkChecks::opened),
                new Check("plain HTTP is told why", NetworkChecks::told),
                new Check("locked-down leaks no name", NetworkChecks::lockedDown),
                new Check("20 MB from the host, unharmed", NetworkChecks::many),
                new Check("no network, no card", NetworkChecks::none));
    }

    /** A web server on the host's loopback. */
    private static final class Web implements AutoCloseable {
        final AtomicInteger asked = new AtomicInteger();
        private final HttpServer server;

        Web(byte[] page) throws IOException {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        asked.incrementAndGet();
                        exchange.sendResponseHeaders(200, page.length);
                        exchange.getResponseBody().write(page);
                        exchange.close();
                    });
            server.start();
        }

        String resource() {
            return "localhost:" + server.getAddress().getPort();
        }

        /** A shell command that asks for the page; busybox' wget, linked statically, crashes. */
        String get() {
            return "printf 'GET / HTTP/1.0\\r\\nHost: host.jsbx.internal\\r\\n\\r\\n' | nc -w 20"
                    + " host.jsbx.internal "
                    + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static void closed(JsbxProgram jsbx) throws Exception {
        try (Web web = new Web("page\n".getBytes())) {
            Result result = jsbx.call(jsbx.run("sh", "-c", web.get()));
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).containsIgnoringCase("connection refused");
            assertThat(web.asked).hasValue(0);
            assertThat(log(jsbx)).contains("\"decision\":\"deny\"").contains("\"localhost\"");
        }
    }

    private static String log(JsbxProgram jsbx) throws Exception {
        Result result = jsbx.call(List.of("policy", "log", "--json"));
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private static void opened(JsbxProgram jsbx) throws Exception {
        try (Web web = new Web("page\n".getBytes())) {
            String get = web.get() + " 2> /dev/null | grep page";
            String script =
                    ("echo ready; until %s; do sleep 0.2; done;"
                                    + " while %s > /dev/null; do sleep 0.2; done; echo closed")
                            .formatted(get, get);
            Process process = jsbx.start(jsbx.run("sh", "-c", script));
            JsbxProgram.awaitLine(process, "ready\n");
            policy(jsbx, "allow", web.resource());
            JsbxProgram.awaitLine(process, "page\n");
            policy(jsbx, "deny", web.resource());
            JsbxProgram.awaitLine(process, "closed\n");
            assertThat(JsbxProgram.finish(process, new byte[0]).code()).isZero();
            assertThat(log(jsbx)).contains("\"decision\":\"allow\"").contains("\"method\":\"GET\"");
        }
    }

    private static void policy(JsbxProgram jsbx, String verb, String resource) throws Exception {
        Result result = jsbx.call(List.of("policy", verb, "network", resource));
        assertThat(result.code()).as(result.err()).isZero();
    }

    private static void told(JsbxProgram jsbx) throws Exception {
        String request = "GET /latest HTTP/1.1\\r\\nHost: 169.254.169.254\\r\\n\\r\\n";
        String script = "printf '" + request + "' | nc -w 20 169.254.169.254 80";
        Result result = jsbx.call(jsbx.run("sh", "-c", script));
        assertThat(result.out())
                .startsWith("HTTP/1.1 403 Forbidden\r\n")
                .contains("\r\n\r\nBlocked by network policy: 169.254.169.254:80: ");
    }

    private static void lockedDown(JsbxProgram jsbx) throws Exception {
        List<String> words =
                new ArrayList<>(
                        jsbx.run("--network", "locked-down", "nslookup", "secret.example.com"));
        Result result = jsbx.call(words);
        assertThat(result.out() + result.err()).contains("NXDOMAIN");
        assertThat(log(jsbx)).contains("secret.example.com").contains("locked-down");
    }

    private static void many(JsbxProgram jsbx) throws Exception {
        byte[] page = new byte[MANY];
        new Random(2).nextBytes(page);
        try (Web web = new Web(page)) {
            policy(jsbx, "allow", web.resource());
            String script = web.get() + " > /tmp/got; tail -c " + MANY + " /tmp/got | sha256sum";
            Result result = jsbx.call(jsbx.run("sh", "-c", script));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(page);
            assertThat(result.out()).startsWith(HexFormat.of().formatHex(digest));
        }
    }

    private static void none(JsbxProgram jsbx) throws Exception {
        Result result = jsbx.call(jsbx.run("--network", "none", "ls", "/sys/class/net"));
        assertThat(result.out()).isEqualTo("lo\n");
    }
}
