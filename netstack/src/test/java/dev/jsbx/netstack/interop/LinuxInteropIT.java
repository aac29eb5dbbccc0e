package dev.jsbx.netstack.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.FlowPolicy;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.link.Faults;
import dev.jsbx.netstack.link.FaultyLink;
import dev.jsbx.netstack.tcp.TcpConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The stack against Linux' own, through a TAP device in a network namespace. */
class LinuxInteropIT {
    private static final String FAR = "203.0.113.7";
    private static final int REFUSED = 1;
    private static final int DROPPED = 2;
    private static final int NOBODY = 3;

    private final BlockingQueue<FlowEnd> ends = new LinkedBlockingQueue<>();
    private HostServer server;
    private TapBed bed;

    @BeforeEach
    void begin() throws IOException {
        String missing = Namespace.missing();
        assumeTrue(missing == null, missing);
        server = new HostServer();
    }

    @AfterEach
    void end() throws IOException {
        if (bed != null) {
            assertThat(bed.stack.faults()).as("frames that made the stack fail").isZero();
            bed.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** Whatever the guest calls is on the host's loopback, at the same port. */
    private FlowPolicy policy() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return flow -> {
            int port = flow.destination().getPort();
            return switch (port) {
                case REFUSED -> new Verdict.Refuse(ends::add);
                case DROPPED -> new Verdict.Drop(ends::add);
                default ->
                        new Verdict.Relay(
                                new InetSocketAddress(loopback, port), p -> {}, ends::add);
            };
        };
    }

    private void start(int mtu) {
        bed = new TapBed(mtu, policy());
    }

    private void start(int mtu, Faults faults, long seed) {
        bed =
                new TapBed(
                        mtu,
                        policy(),
                        TcpConfig.DEFAULT,
                        (link, clock) -> new FaultyLink(link, clock, faults, seed, false));
    }

    private String guest(String what, String to, int port, Object... more) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                GuestMain.class.getName(),
                                what,
                                to,
                                Integer.toString(port)));
        for (Object o : more) {
            command.add(o.toString());
        }
        Namespace.Result r = bed.namespace.exec(180, command.toArray(String[]::new));
        return r.output().strip();
    }

    private FlowEnd flowEnd() throws InterruptedException {
        FlowEnd end = ends.poll(10, TimeUnit.SECONDS);
        assertThat(end).as("the end of a flow within 10 s").isNotNull();
        return end;
    }

    @ParameterizedTest
    @ValueSource(ints = {576, 1280, 1500, 9000, 65520})
    void bulkAtAnyMtu(int mtu) throws InterruptedException {
        start(mtu);
        int n = 8_000_000;
        assertThat(guest("upload", FAR, server.port(), n, 1)).isEqualTo("ok");
        FlowEnd up = flowEnd();
        assertThat(up.reason()).isEqualTo(FlowEnd.Reason.FINISHED);
        assertThat(up.bytesFromGuest()).isEqualTo(n + 1);
        assertThat(up.bytesToGuest()).isEqualTo(64);
        assertThat(guest("download", FAR, server.port(), n, 2)).isEqualTo("ok");
        assertThat(flowEnd().bytesToGuest()).isEqualTo(n);
    }

    @ParameterizedTest
    @CsvSource({
        "576, 0.01, 1",
        "1500, 0.01, 2",
        "1500, 0.03, 3",
        "9000, 0.01, 4",
        "65520, 0.01, 5"
    })
    void bulkOverBadWire(int mtu, double p, long seed) {
        start(mtu, Faults.all(p), seed);
        assertThat(guest("upload", FAR, server.port(), 3_000_000, seed)).isEqualTo("ok");
        assertThat(guest("download", FAR, server.port(), 3_000_000, seed)).isEqualTo("ok");
    }

    @Test
    void thousandConnections() {
        start(1500);
        assertThat(guest("parallel", FAR, server.port(), 1000)).isEqualTo("ok");
    }

    @Test
    void zeroWindows() throws Exception {
        start(1500);
        assertThat(guest("slow-upload", FAR, server.port(), 30_000_000, 5)).isEqualTo("ok");
        assertThat(guest("slow-download", FAR, server.port(), 30_000_000, 6)).isEqualTo("ok");
    }

    @Test
    void zeroWindowsOverBadWire() {
        start(1500, Faults.all(0.02), 9);
        assertThat(guest("slow-upload", FAR, server.port(), 12_000_000, 5)).isEqualTo("ok");
        assertThat(guest("slow-download", FAR, server.port(), 12_000_000, 6)).isEqualTo("ok");
    }

    @Test
    void resetByGuestReachesTheHost() throws InterruptedException {
        start(1500);
        assertThat(guest("reset", FAR, server.port())).isEqualTo("ok");
        assertThat(server.seen.poll(10, TimeUnit.SECONDS)).contains("reset");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.RESET_BY_GUEST);
    }

    @Test
    void resetByHostReachesTheGuest() throws InterruptedException {
        start(1500);
        assertThat(guest("be-reset", FAR, server.port())).containsIgnoringCase("reset");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.RESET_BY_HOST);
    }

    @Test
    void refusalsLookRefused() throws InterruptedException {
        start(1500);
        assertThat(guest("connect", FAR, REFUSED)).contains("refused");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.DENIED);
        assertThat(guest("connect", FAR, NOBODY)).contains("refused");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.UNREACHABLE);
        assertThat(guest("connect", FAR, DROPPED)).containsIgnoringCase("timed out");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.DENIED);
    }

    @Test
    void cutConnectionsAreReset() throws Exception {
        start(1500);
        Process client =
                new ProcessBuilder(
                                bed.namespace.command(
                                        "curl",
                                        "-sS",
                                        "--max-time",
                                        "20",
                                        "http://" + FAR + ":" + server.port()))
                        .redirectErrorStream(true)
                        .start();
        Flow flow = null;
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (flow == null && System.nanoTime() < deadline) {
            flow = bed.loop.submit(() -> bed.stack.flows().stream().findFirst().orElse(null)).get();
        }
        assertThat(flow).as("curl's flow within 10 s").isNotNull();
        int cut = bed.loop.submit(() -> bed.stack.cut(f -> true)).get();
        assertThat(cut).isEqualTo(1);
        assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.CUT);
    }

    @Test
    void pings() {
        start(1500);
        assumeTrue(Files.exists(Path.of("/usr/bin/ping")), "no ping");
        String ping = "ping -c 3 -i 0.2 -W 5 ";
        assertThat(shell(ping + TapBed.GATEWAY)).contains(" 0% packet loss");
        assertThat(shell(ping + "-s 60000 " + TapBed.GATEWAY)).contains(" 0% packet loss");
        addresses();
        assertThat(shell(ping + "fe80::1%" + bed.namespace.tap())).contains(" 0% packet loss");
        assertThat(shell(ping + "-s 20000 fe80::1%" + bed.namespace.tap()))
                .contains(" 0% packet loss");
        assertThat(shell("ping -c 1 -W 2 192.0.2.77")).containsIgnoringCase("filtered");
    }

    private String shell(String command) {
        return bed.namespace.exec(60, command.split(" ")).output();
    }

    @Test
    void datagrams() {
        start(1500);
        for (int n : new int[] {1, 100, 1472, 1473, 9000, 60000}) {
            assertThat(guest("udp", FAR, server.port(), n)).as("%d bytes", n).isEqualTo("ok");
        }
        assertThat(guest("udp", FAR, NOBODY, 10)).contains("PortUnreachable");
        assertThat(guest("udp", FAR, REFUSED, 10)).containsIgnoringCase("no route to host");
    }

    /** Linux cuts what comes as one; how many frames that is depends on who is faster. */
    @Test
    void burstsOfDatagrams() {
        start(1500);
        long most = HostServer.BURST;
        long frames = most;
        for (int i = 0; i < 10 && frames >= most; i++) {
            long before = framesReceived();
            assertThat(guest("burst", FAR, server.port())).isEqualTo(HostServer.BURST + " good");
            frames = framesReceived() - before;
        }
        assertThat(frames).isLessThan(most);
    }

    private long framesReceived() {
        String name = "/sys/class/net/" + bed.namespace.tap() + "/statistics/rx_packets";
        return Long.parseLong(shell("cat " + name).strip());
    }

    /** The guest's IPv6 addresses, once it has made sure that nobody else has them. */
    private String addresses() {
        long deadline = System.nanoTime() + 15_000_000_000L;
        String addresses;
        do {
            addresses = shell("ip -6 addr show dev " + bed.namespace.tap());
        } while ((!addresses.contains("fd6a:7362:78") || addresses.contains("tentative"))
                && System.nanoTime() < deadline);
        return addresses;
    }

    @Test
    void addressesByRouterAdvertisement() {
        start(1500);
        assertThat(addresses()).contains("fd6a:7362:7800:0:5054:ff:fe00:2/64");
        assertThat(guest("upload", "2001:db8::7", server.port(), 1_000_000, 3)).isEqualTo("ok");
        assertThat(guest("download", "2001:db8::7", server.port(), 1_000_000, 3)).isEqualTo("ok");
        assertThat(guest("udp", "2001:db8::7", server.port(), 5000)).isEqualTo("ok");
    }

    @Test
    void leaseByDhcp() throws IOException {
        start(1500);
        Path busybox = Path.of("/bin/busybox");
        assumeTrue(Files.exists(busybox), "no busybox, whose udhcpc is the client");
        bed.namespace.ip("addr", "flush", "dev", bed.namespace.tap());
        Path script = Files.createTempFile("jsbx-netstack", ".sh");
        Files.writeString(
                script,
                "#!/bin/sh\n[ $1 = bound ] && echo $ip $subnet $router $dns $mtu $hostname\nexit 0\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        String out =
                shell(
                        "busybox udhcpc -f -q -n -t 5 -T 2 -i "
                                + bed.namespace.tap()
                                + " -s "
                                + script);
        Files.delete(script);
        assertThat(out).contains("10.213.0.2 255.255.255.0 10.213.0.1 10.213.0.1 1500 guest");
    }

    @Test
    void curlSpeaksHttp() throws IOException {
        start(1500);
        assumeTrue(Files.exists(Path.of("/usr/bin/curl")), "no curl");
        byte[] page = GuestMain.content(5_000_000, 4);
        HttpServer http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    byte[] reply = body.length > 0 ? body : page;
                    exchange.sendResponseHeaders(200, reply.length);
                    exchange.getResponseBody().write(reply);
                    exchange.close();
                });
        http.start();
        Path file = Files.createTempFile("jsbx-netstack", ".page");
        try {
            String url = "http://" + FAR + ":" + http.getAddress().getPort() + "/";
            shell("curl -sS --max-time 50 -o " + file + " " + url);
            assertThat(Files.readAllBytes(file)).isEqualTo(page);
            shell("curl -sS --max-time 50 -o " + file + ".back --data-binary @" + file + " " + url);
            Path back = Path.of(file + ".back");
            assertThat(Files.readAllBytes(back)).isEqualTo(page);
            Files.delete(back);
        } finally {
            http.stop(0);
            Files.delete(file);
        }
    }

    @Test
    void iperf3BothWays() throws Exception {
        start(65520);
        assumeTrue(Files.exists(Path.of("/usr/bin/iperf3")), "no iperf3");
        int port = server.port();
        server.close();
        Process host =
                new ProcessBuilder("iperf3", "-s", "-B", "127.0.0.1", "-p", Integer.toString(port))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            String client = "iperf3 --connect-timeout 5000 -t 1 -c " + FAR + " -p " + port;
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (!shell(client).contains("iperf Done") && System.nanoTime() < deadline) {
                // Until the server listens.
            }
            for (String more : new String[] {"", " -R", " -P 8", " -P 8 -R"}) {
                assertThat(shell(client + more)).contains("iperf Done");
            }
        } finally {
            host.destroy();
        }
    }

    @Test
    void memoryComesBack() throws Exception {
        start(1500);
        assertThat(guest("parallel", FAR, server.port(), 200)).isEqualTo("ok");
        Map<String, Long> used =
                Map.of("bytes", bed.loop.submit(() -> bed.stack.tcp().memoryUsed()).get());
        assertThat(used).containsEntry("bytes", 0L);
    }
}
