package dev.jsbx.bench.net;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Comparison;
import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Three network cards in one guest under QEMU's TCG, turn and turn about. */
public final class GuestNetComparison implements Comparison {
    private static final int ROUNDS = Integer.getInteger("jsbx.bench.pairs", 3);
    private static final int SECONDS = Integer.getInteger("jsbx.bench.seconds", 3);
    private static final Pattern ROWS = Pattern.compile(System.getProperty("jsbx.bench.rows", ""));
    private static final int TRIPS = 300;
    private static final long DEADLINE_SECONDS = 3600;
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

    /** A card: its name, its last byte of a MAC address, the guest's address, the host's. */
    private record Card(String side, int number, String address, String host) {
        String mac() {
            return "52:54:00:00:01:0" + number;
        }
    }

    private static final List<Card> CARDS =
            List.of(
                    new Card("jsbx", 1, "10.213.0.2/24", "10.213.0.1"),
                    new Card("user", 2, "10.0.2.15/24", "10.0.2.2"),
                    new Card("passt", 3, "10.0.3.2/24", "10.0.3.1"));

    @Override
    public void run(PrintWriter out) throws Exception {
        List<NetRow> rows =
                NetRow.all(SECONDS, "net-rows", TRIPS).stream()
                        .filter(row -> ROWS.matcher(row.name()).find())
                        .toList();
        NetResults results = new NetResults(CARDS.stream().map(Card::side).toList());
        Path directory = Files.createTempDirectory("jsbx-net-bench");
        try (CProgram program = CProgram.compile(getClass(), "net-rows.c", "-static");
                HostServers servers = HostServers.start(program.binary())) {
            Path ours = jsbx(directory, servers);
            Path theirs = passt(directory, servers);
            try (QemuGuest guest = boot(program, ours, theirs, script(rows))) {
                if (guest.awaitExit(DEADLINE_SECONDS) != 0) {
                    throw new IOException("the guest failed:\n" + guest.output());
                }
                parse(guest.output(), rows, results);
            }
        } finally {
            delete(directory);
        }
        results.print(out);
    }

    /** With the flags that a sandbox's VMM process has. */
    private static Path jsbx(Path directory, HostServers servers) throws Exception {
        Path policy = directory.resolve("policy.yaml");
        Files.writeString(
                policy,
                "mode: locked-down\nrules:\n  - allow: localhost:%d\n  - allow: localhost:%d\n"
                        .formatted(NetRow.IPERF_PORT, NetRow.ROWS_PORT));
        Path socket = directory.resolve("jsbx.sock");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.jsbx.cli.Jsbx", "vhost-user", "net", "--mtu", "65520"));
        command.addAll(List.of("--socket-path", socket.toString()));
        command.addAll(List.of("--policy", policy.toString()));
        HostServers.awaitSocket(servers.add(command), socket);
        return socket;
    }

    private static Path passt(Path directory, HostServers servers) throws Exception {
        Path socket = directory.resolve("passt.sock");
        List<String> command = new ArrayList<>(List.of("passt", "-q", "-f", "--runas", "0"));
        command.addAll(List.of("-a", "10.0.3.2", "-n", "24", "-g", "10.0.3.1", "-m", "65520"));
        command.addAll(List.of("-s", socket.toString()));
        HostServers.awaitSocket(servers.add(command), socket);
        return socket;
    }

    private static QemuGuest boot(CProgram program, Path ours, Path theirs, String script) {
        GuestConfig guest =
                new GuestConfig()
                        .memoryMib(512)
                        .module("virtio_net")
                        .program("iperf3")
                        .executable("/bin/net-rows", program.binary())
                        .arguments("-chardev", "socket,id=ours,path=" + ours);
        card(guest, CARDS.get(0), "vhost-user,id=n1,chardev=ours");
        card(guest, CARDS.get(1), "user,id=n2,net=10.0.2.0/24,ipv6=off");
        card(guest, CARDS.get(2), "stream,id=n3,server=off,addr.type=unix,addr.path=" + theirs);
        return guest.script(script).boot();
    }

    private static void card(GuestConfig guest, Card card, String netdev) {
        String device =
                "virtio-net-device,netdev=n%d,mac=%s,bus=virtio-mmio-bus.%d"
                        .formatted(card.number(), card.mac(), card.number());
        guest.arguments("-netdev", netdev, "-device", device);
    }

    private static String script(List<NetRow> rows) {
        StringBuilder script =
                new StringBuilder(
                        """
                        set -e
                        card() { for d in /sys/class/net/*; do
                            if [ "$(cat $d/address)" = $1 ]; then echo ${d##*/}; fi; done; }
                        """);
        for (Card card : CARDS) {
            script.append("C%d=$(card %s)\n".formatted(card.number(), card.mac()));
            script.append("ip addr add %s dev $C%d\n".formatted(card.address(), card.number()));
            script.append("ip link set $C%d up\n".formatted(card.number()));
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int row = 0; row < rows.size(); row++) {
                for (int i = 0; i < CARDS.size(); i++) {
                    Card card = CARDS.get((i + round) % CARDS.size());
                    measure(script, rows.get(row), row, card);
                }
            }
        }
        return script.toString();
    }

    private static void measure(StringBuilder script, NetRow row, int number, Card card) {
        script.append("GW=%s\n".formatted(card.host()));
        script.append("ip link set $C%d mtu %d\n".formatted(card.number(), row.mtu()));
        // The server may still be busy with the last run.
        script.append("for i in 1 2 3 4; do sleep 0.5; t=$(");
        script.append(row.command()).append(") || t=; [ -z \"$t\" ] || break; done\n");
        script.append("echo %s %d %s $t\n".formatted(MARK, number, card.side()));
    }

    private static void parse(String console, List<NetRow> rows, NetResults results)
            throws IOException {
        for (String line : console.lines().filter(l -> l.startsWith(MARK)).toList()) {
            String[] words = line.split(" ");
            if (words.length < 4) {
                throw new IOException("no figure in " + line + "\n" + console);
            }
            NetRow row = rows.get(Integer.parseInt(words[1]));
            results.add(row, words[2], Double.parseDouble(words[3]));
        }
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
