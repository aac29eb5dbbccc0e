package dev.jsbx.netstack.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.FlowEnd;
import dev.jsbx.netstack.Protocol;
import dev.jsbx.netstack.Verdict;
import io.netty.channel.Channel;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers on the host, a server on Linux behind a TAP device, and the stack between them. */
class PublishedPortsIT {
    private static final String HERE = "127.0.0.1";
    private static final int NOBODY = 3;

    private final BlockingQueue<Flow> flows = new LinkedBlockingQueue<>();
    private final BlockingQueue<FlowEnd> ends = new LinkedBlockingQueue<>();
    private TapBed bed;
    private Process guest;
    private BufferedReader said;
    private int guestPort;

    @BeforeEach
    void begin() throws IOException {
        String missing = Namespace.missing();
        assumeTrue(missing == null, missing);
        bed =
                new TapBed(
                        1500,
                        flow -> {
                            flows.add(flow);
                            return Verdict.relay(flow, ends::add);
                        });
        List<String> server =
                bed.namespace.command(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostServer.class.getName(),
                        TapBed.GUEST);
        guest = new ProcessBuilder(server).redirectErrorStream(true).start();
        said = guest.inputReader(StandardCharsets.UTF_8);
        guestPort = Integer.parseInt(said.readLine());
    }

    @AfterEach
    void end() throws Exception {
        if (guest != null) {
            guest.destroy();
            guest.waitFor();
        }
        if (bed != null) {
            assertThat(bed.stack.faults()).as("frames that made the stack fail").isZero();
            bed.close();
        }
    }

    private Channel publish(Protocol protocol, int port) {
        InetSocketAddress any = new InetSocketAddress(HERE, 0);
        return bed.stack.ports().publish(protocol, any, port).syncUninterruptibly().channel();
    }

    private static String port(Channel published) {
        return Integer.toString(((InetSocketAddress) published.localAddress()).getPort());
    }

    private FlowEnd flowEnd() throws InterruptedException {
        FlowEnd end = ends.poll(60, TimeUnit.SECONDS);
        assertThat(end).as("the end of a flow within 60 s").isNotNull();
        return end;
    }

    @Test
    void streamsPassUnharmedAndHalfClosed() throws Exception {
        String port = port(publish(Protocol.TCP, guestPort));
        assertThat(GuestMain.run("upload", HERE, port, "8000000", "1")).isEqualTo("ok");
        FlowEnd up = flowEnd();
        assertThat(up.reason()).isEqualTo(FlowEnd.Reason.FINISHED);
        assertThat(up.bytesToGuest()).isEqualTo(8_000_001);
        assertThat(up.bytesFromGuest()).isEqualTo(64);
        Flow flow = flows.poll(10, TimeUnit.SECONDS);
        assertThat(flow.direction()).isEqualTo(Flow.Direction.TO_GUEST);
        assertThat(flow.source().getAddress().isLoopbackAddress()).isTrue();
        assertThat(flow.destination()).isEqualTo(new InetSocketAddress(TapBed.GUEST, guestPort));
        assertThat(GuestMain.run("download", HERE, port, "8000000", "2")).isEqualTo("ok");
        assertThat(flowEnd().bytesFromGuest()).isEqualTo(8_000_000);
    }

    @Test
    void slowReadersOnEitherSideStopTheOther() throws Exception {
        String port = port(publish(Protocol.TCP, guestPort));
        assertThat(GuestMain.run("slow-upload", HERE, port, "30000000", "3")).isEqualTo("ok");
        assertThat(GuestMain.run("slow-download", HERE, port, "30000000", "4")).isEqualTo("ok");
    }

    @Test
    void thousandCallersAtOnce() throws Exception {
        String port = port(publish(Protocol.TCP, guestPort));
        assertThat(GuestMain.run("parallel", HERE, port, "1000")).isEqualTo("ok");
        for (int i = 0; i < 1000; i++) {
            assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.FINISHED);
        }
        long left = bed.loop.submit(() -> bed.stack.tcp().memoryUsed()).get();
        assertThat(left).isZero();
    }

    @Test
    void resetsCrossBothWays() throws Exception {
        String port = port(publish(Protocol.TCP, guestPort));
        assertThat(GuestMain.run("reset", HERE, port)).isEqualTo("ok");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.RESET_BY_HOST);
        assertThat(said.readLine()).containsIgnoringCase("reset");
        assertThat(GuestMain.run("be-reset", HERE, port)).containsIgnoringCase("reset");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.RESET_BY_GUEST);
    }

    @Test
    void callersOfADeafPortAreReset() throws Exception {
        String port = port(publish(Protocol.TCP, NOBODY));
        assertThat(GuestMain.run("connect", HERE, port)).contains("Exception");
        assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.UNREACHABLE);
    }

    @Test
    void datagramsThereAndBack() throws Exception {
        Channel published = publish(Protocol.UDP, guestPort);
        for (int n : new int[] {1, 1472, 1473, 60000}) {
            String size = Integer.toString(n);
            assertThat(GuestMain.run("udp", HERE, port(published), size)).isEqualTo("ok");
        }
        published.close().syncUninterruptibly();
        for (int i = 0; i < 4; i++) {
            assertThat(flowEnd().reason()).isEqualTo(FlowEnd.Reason.FINISHED);
        }
    }

    @Test
    void aPortIsPublishedUntilItIsNot() throws Exception {
        Channel published = publish(Protocol.TCP, guestPort);
        String port = port(published);
        published.close().syncUninterruptibly();
        assertThat(GuestMain.run("connect", HERE, port)).containsIgnoringCase("refused");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(HERE))) {
            InetSocketAddress address = new InetSocketAddress(HERE, taken.getLocalPort());
            assertThatThrownBy(
                            () ->
                                    bed.stack
                                            .ports()
                                            .publish(Protocol.TCP, address, guestPort)
                                            .syncUninterruptibly())
                    .hasMessageContaining("in use");
        }
    }
}
