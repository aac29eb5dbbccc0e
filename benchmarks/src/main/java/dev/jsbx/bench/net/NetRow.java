package dev.jsbx.bench.net;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that is measured, from inside the guest to a server on the host.
 *
 * @param mtu of the guest's card
 * @param command for a shell; prints one number. {@code $GW} is the address that stands for the
 *     host
 * @param unit of the number
 * @param more whether more is better
 */
record NetRow(String name, int mtu, String command, String unit, boolean more) {
    static final int IPERF_PORT = 15201;
    static final int ROWS_PORT = 15202;

    private static final String LAST_RATE =
            " | awk '/receiver/ { line = $0 } END { n = split(line, a, \" \"); for (i = 1; i <= n;"
                    + " i++) if (a[i] == \"Mbits/sec\" && a[i - 1] > 0) print a[i - 1] }'";

    /**
     * All rows.
     *
     * @param seconds per iperf3 run
     * @param rows the program {@code net-rows} where it is to run
     * @param trips connections and round trips to make
     */
    static List<NetRow> all(int seconds, String rows, int trips) {
        List<NetRow> all = new ArrayList<>();
        for (int mtu : new int[] {1500, 65520}) {
            for (int streams : new int[] {1, 8}) {
                for (String way : new String[] {"", " -R"}) {
                    String name =
                            "MTU %d, %s, %d stream%s"
                                    .formatted(
                                            mtu,
                                            way.isEmpty() ? "to the host" : "from the host",
                                            streams,
                                            streams == 1 ? "" : "s");
                    String iperf =
                            "iperf3 -f m -c $GW -p %d -t %d -P %d%s"
                                    .formatted(IPERF_PORT, seconds, streams, way);
                    all.add(new NetRow(name, mtu, iperf + LAST_RATE, "Mbit/s", true));
                }
            }
        }
        String to = " $GW " + ROWS_PORT + " " + trips;
        all.add(new NetRow("connections", 1500, rows + " crr" + to, "per s", true));
        all.add(new NetRow("round trip", 1500, rows + " rr" + to, "µs", false));
        return all;
    }
}
