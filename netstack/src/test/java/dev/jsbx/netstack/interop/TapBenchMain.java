package dev.jsbx.netstack.interop;

import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * iperf3 through this stack and through pasta, one after the other on the same machine: from and to
 * a namespace, at MTU 1500 and 65520, with 1 and 8 streams. Prints Gbit/s, medians of some runs,
 * and ratios. Needs root, {@code iperf3} and {@code pasta}.
 */
public final class TapBenchMain {
    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*?\"bits_per_second\":\\s*([0-9.e+]+)");
    private static final int PORT = 15201;

    private final int seconds;
    private final int runs;
    private final String gateway;

    private TapBenchMain(int seconds, int runs, String gateway) {
        this.seconds = seconds;
        this.runs = runs;
        this.gateway = gateway;
    }

    /**
     * @param arguments seconds per run, runs per figure, and the address that pasta maps to the
     *     host: that of its default gateway
     */
    public static void main(String[] arguments) throws IOException {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        String gateway = arguments.length > 2 ? arguments[2] : "192.0.2.1";
        Process server =
                new ProcessBuilder("iperf3", "-s", "-p", Integer.toString(PORT))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            new TapBenchMain(seconds, runs, gateway).run();
        } finally {
            server.destroy();
        }
    }

    private void run() {
        System.out.printf(
                "%-6s %-8s %-9s %9s %9s %6s%n", "MTU", "streams", "way", "jsbx", "pasta", "ratio");
        for (int mtu : new int[] {1500, 65520}) {
            try (TapBed bed = bed(mtu)) {
                for (String way : new String[] {"", "-R"}) {
                    for (int streams : new int[] {1, 8}) {
                        row(bed, mtu, streams, way);
                    }
                }
            }
        }
    }

    private static TapBed bed(int mtu) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return new TapBed(
                mtu,
                flow ->
                        new Verdict.Relay(
                                new InetSocketAddress(loopback, flow.destination().getPort()),
                                pipeline -> {},
                                FlowObserver.NONE));
    }

    private void row(TapBed bed, int mtu, int streams, String way) {
        double[] ours = new double[runs];
        double[] theirs = new double[runs];
        // Turn and turn about, so that a busy moment of the machine meets both.
        for (int i = 0; i < runs; i++) {
            ours[i] = gigabits(bed.namespace.command(iperf("203.0.113.7", streams, way)));
            theirs[i] = gigabits(pasta(mtu, iperf(gateway, streams, way)));
        }
        Arrays.sort(ours);
        Arrays.sort(theirs);
        double a = ours[runs / 2];
        double b = theirs[runs / 2];
        String direction = way.isEmpty() ? "to host" : "from host";
        System.out.printf(
                "%-6d %-8d %-9s %9.2f %9.2f %6.2f%n", mtu, streams, direction, a, b, a / b);
    }

    private String[] iperf(String to, int streams, String way) {
        String port = Integer.toString(PORT);
        String time = Integer.toString(seconds);
        String parallel = Integer.toString(streams);
        List<String> all =
                new ArrayList<>(
                        List.of("iperf3", "-J", "-c", to, "-p", port, "-t", time, "-P", parallel));
        if (!way.isEmpty()) {
            all.add(way);
        }
        return all.toArray(String[]::new);
    }

    private static List<String> pasta(int mtu, String[] command) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "pasta",
                                "--runas",
                                "0",
                                "--config-net",
                                "-m",
                                Integer.toString(mtu),
                                "--"));
        all.addAll(List.of(command));
        return all;
    }

    private double gigabits(List<String> command) {
        Namespace.Result r = Namespace.run(command, seconds + 30);
        Matcher m = RECEIVED.matcher(r.output());
        if (!m.find()) {
            String tail = r.output().substring(Math.max(0, r.output().length() - 300));
            throw new IllegalStateException(String.join(" ", command) + ": " + tail);
        }
        return Double.parseDouble(m.group(1)) / 1e9;
    }
}
