package dev.jsbx.bench.secret;

import dev.jsbx.bench.Comparison;
import dev.jsbx.bench.Median;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * An HTTPS request that the proxy puts a secret into, against the same request tunnelled, direct
 * and through mitmproxy.
 */
public final class ProxyComparison implements Comparison {
    private static final int ROUNDS = Integer.getInteger("jsbx.bench.pairs", 5);
    private static final int REQUESTS = Integer.getInteger("jsbx.bench.requests", 1000);
    private static final int CONNECTIONS = Integer.getInteger("jsbx.bench.connections", 50);
    private static final long BODY = Long.getLong("jsbx.bench.mebibytes", 1024) << 20;
    private static final long SMALL = 512;
    private static final long WARM_UP = 512L << 20; // a JVM has compiled what it will by then
    private static final double MICRO = 1e3;

    private static final String INTERCEPTED = "intercepted";
    private static final String TUNNELLED = "tunnelled";
    private static final String DIRECT = "direct";
    private static final String MITMPROXY = "mitmproxy";

    /** One way to the server. */
    private record Way(String host, Served by, int server, SSLContext trust) {
        // A context of its own for each: a session that is resumed keeps the name it was begun
        // with.
        static Way of(String host, Served by, Served server, Path... trusted)
                throws IOException, GeneralSecurityException {
            return new Way(host, by, server.port(), Tls.client(List.of(trusted)));
        }

        HttpsClient connect() throws IOException {
            return new HttpsClient(trust, host, by.port(), server);
        }
    }

    /** What was measured of one way. */
    private static final class Figures {
        final List<Double> requests = new ArrayList<>();
        final List<Double> connections = new ArrayList<>();
        final List<Double> download = new ArrayList<>();
        final List<Double> upload = new ArrayList<>();
        final List<Double> downloadCpu = new ArrayList<>();
        final List<Double> uploadCpu = new ArrayList<>();
    }

    /** Nothing to set up before it runs. */
    public ProxyComparison() {}

    @Override
    public String name() {
        return "secret-proxy";
    }

    @Override
    public String what() {
        return "an HTTPS request with a secret put in against tunnelled, direct, mitmproxy";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        Path directory = Files.createTempDirectory("jsbx-bench");
        Path upstream = directory.resolve("upstream");
        Path own = directory.resolve("own");
        try (Served served = Served.java(HttpsServer.class, Map.of(), upstream.toString());
                Served proxy =
                        Served.java(
                                ProxyProcess.class,
                                Map.of("SSL_CERT_FILE", upstream.resolve("ca.pem").toString()),
                                own.toString(),
                                Integer.toString(served.port()))) {
            Path server = upstream.resolve("ca.pem");
            Path ours = own.resolve("ca.pem");
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put(INTERCEPTED, Way.of(HttpsServer.BOUND, proxy, served, ours));
            ways.put(TUNNELLED, Way.of(HttpsServer.FREE, proxy, served, server));
            ways.put(DIRECT, Way.of(HttpsServer.BOUND, served, served, server));
            String missing = Mitmproxy.missing();
            if (missing == null) {
                Path theirs = Files.createDirectory(directory.resolve("mitmproxy"));
                try (Served mitmproxy = Mitmproxy.start(theirs, served.port())) {
                    Path certificate = Mitmproxy.certificate(theirs);
                    ways.put(MITMPROXY, Way.of(HttpsServer.BOUND, mitmproxy, served, certificate));
                    measure(ways, out);
                }
            } else {
                measure(ways, out);
                out.println("mitmproxy was left out: " + missing);
            }
        } finally {
            delete(directory);
        }
    }

    private static void measure(Map<String, Way> ways, PrintWriter out) throws IOException {
        Map<String, Figures> figures = new LinkedHashMap<>();
        for (Map.Entry<String, Way> way : ways.entrySet()) {
            figures.put(way.getKey(), new Figures());
            round(way.getValue(), new Figures(), Math.min(BODY, WARM_UP));
        }
        for (int i = 0; i < ROUNDS; i++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                round(way.getValue(), figures.get(way.getKey()), BODY);
            }
        }
        print(figures, out);
    }

    private static void round(Way way, Figures figures, long body) throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            long begin = System.nanoTime();
            try (HttpsClient client = way.connect()) {
                client.get(SMALL);
                figures.connections.add((System.nanoTime() - begin) / MICRO);
            }
        }
        try (HttpsClient client = way.connect()) {
            client.get(SMALL);
            for (int i = 0; i < REQUESTS; i++) {
                long begin = System.nanoTime();
                client.get(SMALL);
                figures.requests.add((System.nanoTime() - begin) / MICRO);
            }
            long cpu = way.by.cpuNanos();
            long begin = System.nanoTime();
            client.get(body);
            figures.download.add(rate(body, begin));
            figures.downloadCpu.add(perGibibyte(body, cpu, way));
            cpu = way.by.cpuNanos();
            begin = System.nanoTime();
            client.post(body);
            figures.upload.add(rate(body, begin));
            figures.uploadCpu.add(perGibibyte(body, cpu, way));
        }
    }

    // Milliseconds of CPU time in the process that the client is connected to.
    private static double perGibibyte(long bytes, long cpuBefore, Way way) {
        return (way.by.cpuNanos() - cpuBefore) / 1e6 * (1 << 30) / bytes;
    }

    // Megabytes a second.
    private static double rate(long bytes, long begin) {
        return bytes * MICRO / (System.nanoTime() - begin);
    }

    private static void print(Map<String, Figures> figures, PrintWriter out) {
        out.println(
                "| | request p50, µs | p99, µs | new connection p50, µs | p99, µs"
                        + " | download, MB/s | upload, MB/s"
                        + " | CPU per GiB down, ms | up, ms |");
        out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        figures.forEach(
                (name, each) ->
                        out.printf(
                                Locale.ROOT,
                                "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |%n",
                                name,
                                quantile(each.requests, 0.5),
                                quantile(each.requests, 0.99),
                                quantile(each.connections, 0.5),
                                quantile(each.connections, 0.99),
                                Median.of(each.download),
                                Median.of(each.upload),
                                Median.of(each.downloadCpu),
                                Median.of(each.uploadCpu)));
        Figures ours = figures.get(INTERCEPTED);
        Figures tunnel = figures.get(TUNNELLED);
        out.printf(
                Locale.ROOT,
                "added to a tunnelled request: p50 %.0f µs, p99 %.0f µs; body of %d MiB:"
                        + " download %.2fx, upload %.2fx of tunnelled%n",
                quantile(ours.requests, 0.5) - quantile(tunnel.requests, 0.5),
                quantile(ours.requests, 0.99) - quantile(tunnel.requests, 0.99),
                BODY >> 20,
                Median.of(ours.download) / Median.of(tunnel.download),
                Median.of(ours.upload) / Median.of(tunnel.upload));
    }

    private static double quantile(List<Double> values, double part) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))];
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
