package dev.jsbx.bench.net;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Comparison;
import dev.jsbx.virtio.guest.QemuGuest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Three network cards in one guest under QEMU's TCG, turn and turn about. Figures are kept as they
 * come: what is cut short goes on when it is run again.
 */
public final class GuestNetComparison implements Comparison {
    private static final int ROUNDS = Integer.getInteger("jsbx.bench.pairs", 3);
    private static final int SECONDS = Integer.getInteger("jsbx.bench.seconds", 2);
    private static final Pattern ROWS = Pattern.compile(System.getProperty("jsbx.bench.rows", ""));
    private static final int TRIPS = 1000;

    /** A guest that shows no figure for so long has lost its way. */
    private static final Duration STALLED = Duration.ofMinutes(2);

    private static final Duration ENOUGH =
            Duration.ofMinutes(Integer.getInteger("jsbx.bench.minutes", 11));

    /** Guests that may fail before it is given up. */
    private static final int GUESTS = 3;

    /** Runs before the first that counts, of each row by each card in a guest: for the compiler. */
    private static final int WARM_UPS = 10;

    private static final int FIGURE_SECONDS = SECONDS + 15;
    private static final String MARK = "@@row";

    /** Nothing to set up before it runs. */
    public GuestNetComparison() {}

    @Override
    public String name() {
        return "net-guest";
    }

    @Override
    public String what() {
        return "jsbx vhost-user net against QEMU's user netdev and passt, in one TCG guest";
    }

    @Override
    public void run(PrintWriter out) throws Exception {
        List<NetRow> rows =
                NetRow.all(SECONDS, "net-rows", TRIPS).stream()
                        .filter(row -> ROWS.matcher(row.name()).find())
                        .toList();
        Path file = Path.of(System.getProperty("jsbx.home", "."), "benchmarks/target/net-guest");
        KeptFigures kept = KeptFigures.open(file, conditions());
        long end = System.nanoTime() + ENOUGH.toNanos();
        List<Figure> missing = missing(rows, kept);
        for (int i = 0; i < GUESTS && !missing.isEmpty() && System.nanoTime() < end; i++) {
            measure(missing, kept, end);
            missing = missing(rows, kept);
        }
        print(rows, kept, out);
        if (missing.isEmpty()) {
            kept.forget();
        } else {
            out.println(missing.size() + " figures are missing: the same command goes on");
        }
    }

    /** Figures that were kept under others are not gone on with. */
    private static String conditions() {
        return "%d s, %d trips, %d warm-ups".formatted(SECONDS, TRIPS, WARM_UPS);
    }

    /** One to be measured. */
    private record Figure(NetRow row, NetGuest.Card card, KeptFigures.Place place) {
        String command(int number, boolean first) {
            String measured =
                    """
                    GW=%s
                    ip link set $C%d mtu %d
                    place %s
                    for i in $(seq %d); do timeout %d %s > /dev/null; done
                    for i in 1 2 3; do sleep 0.5; t=$(timeout %d %s) || t=; [ -z "$t" ] || break; done
                    echo %s %d $t
                    """;
            // The server may still be busy with the last run.
            return measured.formatted(
                    card.host(),
                    card.number(),
                    row.mtu(),
                    isRate() ? "2 1" : "3 3",
                    first ? warmUps() : 0,
                    FIGURE_SECONDS,
                    row.command(),
                    FIGURE_SECONDS,
                    row.command(),
                    MARK,
                    number);
        }

        private int warmUps() {
            return isRate() ? 1 : WARM_UPS;
        }

        private boolean isRate() {
            return row.unit().equals("Mbit/s");
        }

        private String what() {
            return card.side() + ' ' + row.name();
        }
    }

    private static List<Figure> missing(List<NetRow> rows, KeptFigures kept) {
        List<Figure> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (NetRow row : rows) {
                for (int i = 0; i < NetGuest.CARDS.size(); i++) {
                    NetGuest.Card card = NetGuest.CARDS.get((i + round) % NetGuest.CARDS.size());
                    all.add(
                            new Figure(
                                    row,
                                    card,
                                    new KeptFigures.Place(round, row.name(), card.side())));
                }
            }
        }
        all.removeIf(figure -> kept.get(figure.place()) != null);
        return all;
    }

    private static void print(List<NetRow> rows, KeptFigures kept, PrintWriter out) {
        NetResults results =
                new NetResults(NetGuest.CARDS.stream().map(NetGuest.Card::side).toList());
        for (NetRow row : rows) {
            for (NetGuest.Card card : NetGuest.CARDS) {
                for (int round = 0; round < ROUNDS; round++) {
                    Double figure = kept.get(new KeptFigures.Place(round, row.name(), card.side()));
                    if (figure != null) {
                        results.add(row, card.side(), figure);
                    }
                }
            }
        }
        results.print(out);
    }

    /** Measures what one guest gets done. */
    private void measure(List<Figure> figures, KeptFigures kept, long end) throws Exception {
        Path directory = Files.createTempDirectory("jsbx-net-bench");
        try (CProgram program = CProgram.compile(getClass(), "net-rows.c", "-static");
                HostServers servers = HostServers.start(program.binary())) {
            try (QemuGuest guest = NetGuest.boot(directory, servers, program, script(figures))) {
                collect(guest, figures, kept, end);
            }
        } finally {
            delete(directory);
        }
    }

    private static void collect(QemuGuest guest, List<Figure> figures, KeptFigures kept, long end)
            throws IOException, InterruptedException {
        int seen = 0;
        long last = System.nanoTime();
        boolean over = false;
        while (!over) {
            over =
                    guest.isOver()
                            || System.nanoTime() > end
                            || System.nanoTime() - last > STALLED.toNanos();
            List<String> lines =
                    guest.output().lines().filter(line -> line.startsWith(MARK)).toList();
            for (String line : lines.subList(seen, lines.size())) {
                seen++;
                last = System.nanoTime();
                String[] words = line.split(" ");
                if (words.length == 3) {
                    kept.add(
                            figures.get(Integer.parseInt(words[1])).place(),
                            Double.parseDouble(words[2]));
                }
            }
            Thread.sleep(200);
        }
        if (seen < figures.size()) {
            System.err.println("the guest stopped short:\n" + guest.output());
        }
    }

    private static String script(List<Figure> figures) {
        StringBuilder script = new StringBuilder();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < figures.size(); i++) {
            script.append(figures.get(i).command(i, seen.add(figures.get(i).what())));
        }
        return script.toString();
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
