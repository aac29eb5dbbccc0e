package dev.jsbx.netstack.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.SipHash;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.time.ManualClock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Udp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes to a guest that cuts datagrams itself: "bytes/size" a frame, size 0 if uncut. */
class UdpBatchTest {
    private static final int HEADERS = Ethernet.HEADER + Ipv4.HEADER + Udp.HEADER;
    private static final long IPV4 = 0xffff_0000_0000L;
    private static final int USO = Link.CHECKSUM | Link.USO4;

    private final UdpBatch batch = new UdpBatch();

    @ParameterizedTest
    @CsvSource({
        "'500 500 500', '1500/500'",
        "'500 500 200 500', '1200/500 500/0'",
        "'200 500', '200/0 500/0'",
        "'0 0 5', '0/0 0/0 5/0'",
        "'1472 1472', '2944/1472'",
    })
    void datagramsOfOneSizeAreOneFrame(String lengths, String expected) {
        assertThat(sent(USO, 1500, lengths)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, '500/0 500/0'", "8, '500/0 500/0'", "17, '500/0 500/0'", "9, '1000/500'"})
    void butForThoseWhoCannotCutThem(int offloads, String expected) {
        assertThat(sent(offloads, 1500, "500 500")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 66, '64/1 2/1'", "1400, 50, '64400/1400 5600/1400'"})
    void withinWhatLinuxCuts(int length, int count, String expected) {
        String all = String.join(" ", Collections.nCopies(count, Integer.toString(length)));
        assertThat(sent(USO, 1500, all)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1473", "9000"})
    void fragmentsAreNotCutAgain(int length) {
        assertThat(sent(USO, 1500, length + " " + length)).doesNotContain("/" + length);
    }

    private String sent(int offloads, int mtu, String lengths) {
        MemoryLink[] link = MemoryLink.pair(mtu, offloads);
        try (Arena arena = Arena.ofConfined()) {
            UdpFlow flow = flow(new IpOutput(link[0], arena, 1, 2));
            for (int length :
                    Arrays.stream(lengths.split(" ")).mapToInt(Integer::parseInt).toArray()) {
                MemorySegment datagram = arena.allocate(Math.max(1, length));
                if (!batch.add(flow, datagram, length)) {
                    flow.send(batch);
                    batch.clear();
                    batch.add(flow, datagram, length);
                }
            }
            flow.send(batch);
        }
        return link[1].incoming().stream()
                .map(p -> p.bytes().length - HEADERS + "/" + size(p.offload()))
                .collect(Collectors.joining(" "));
    }

    private static int size(Offload offload) {
        return offload.gsoType() == Offload.GSO_UDP_L4 ? offload.gsoSize() : 0;
    }

    private static UdpFlow flow(IpOutput output) {
        ManualClock clock = new ManualClock();
        UdpStack stack =
                new UdpStack(8, clock, new TimerQueue(), output, new SipHash(1, 2), (f, p) -> null);
        return stack.open(0, IPV4 | 0xcb007107L, 443, 0, IPV4 | 0x0ad50002L, 4000, f -> null);
    }
}
