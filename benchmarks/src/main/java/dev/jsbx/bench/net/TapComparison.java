package dev.jsbx.bench.net;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Comparison;
import dev.jsbx.netstack.FlowObserver;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.interop.Namespace;
import dev.jsbx.netstack.interop.TapBed;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The stack on a TAP device in a network namespace against pasta in one of its own. */
public final class TapComparison implements Comparison {
    private static final int ROUNDS = Integer.getInteger("jsbx.bench.pairs", 3);
    private static final int SECONDS = Integer.getInteger("jsbx.bench.seconds", 3);
    private static final Pattern ROWS = Pattern.compile(System.getProperty("jsbx.bench.rows", ""));
    private static final int TRIPS = 3000;
    private static final int WARM_UPS = 4;
    private static final int TRIES = 4;
    private static final String OURS = "jsbx";
    private static final String THEIRS = "pasta";
    private static final String THEIR_HOST = "10.0.3.1";

    /** Nothing to set up before it runs. */
    public TapComparison() {}

    @Override
    public String name() {
        return "net-tap";
    }

    @Override
    public String what() {
        return "the stack on a TAP device in a namespace against pasta";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        String missing = Namespace.missing();
        if (missing != null) {
            throw new IOException(missing);
        }
        NetResults results = new NetResults(List.of(OURS, THEIRS));
        try (CProgram program = CProgram.compile(getClass(), "net-rows.c", "-static");
                HostServers servers = HostServers.start(program.binary())) {
            for (NetRow row : NetRow.all(SECONDS, program.binary().toString(), TRIPS)) {
                if (ROWS.matcher(row.name()).find()) {
                    measure(row, results);
                }
            }
        }
        results.print(out);
    }

    private static void measure(NetRow row, NetResults results) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (TapBed bed =
                new TapBed(
                        row.mtu(),
                        flow ->
                                new Verdict.Relay(
                                        new InetSocketAddress(
                                                loopback, flow.destination().getPort()),
                                        pipeline -> {},
                                        FlowObserver.NONE))) {
            // For the compiler: short runs are over before it has seen enough.
            for (int i = 0; i < (row.unit().equals("Mbit/s") ? 1 : WARM_UPS); i++) {
                figure(bed.namespace.command(shell(row, TapBed.GATEWAY)));
            }
            for (int i = 0; i < ROUNDS; i++) {
                List<String> ours = bed.namespace.command(shell(row, TapBed.GATEWAY));
                results.add(row, OURS, figure(ours));
                results.add(row, THEIRS, figure(pasta(row)));
            }
        }
    }

    private static String[] shell(NetRow row, String host) {
        return new String[] {"sh", "-c", "GW=" + host + "; " + row.command()};
    }

    private static List<String> pasta(NetRow row) {
        List<String> all = new ArrayList<>(List.of("pasta", "--runas", "0", "--config-net"));
        all.addAll(List.of("-a", "10.0.3.2", "-n", "24", "-g", THEIR_HOST));
        all.addAll(List.of("-m", Integer.toString(row.mtu()), "--"));
        all.addAll(List.of(shell(row, THEIR_HOST)));
        return all;
    }

    // The server may still be busy with the last run.
    private static double figure(List<String> command) throws IOException {
        String output = "";
        for (int i = 0; i < TRIES; i++) {
            output = Namespace.run(command, SECONDS + 60).output();
            String[] lines = output.strip().split("\n");
            try {
                return Double.parseDouble(lines[lines.length - 1]);
            } catch (NumberFormatException e) {
                // Once more.
            }
        }
        throw new IOException(String.join(" ", command) + ": " + output);
    }
}
