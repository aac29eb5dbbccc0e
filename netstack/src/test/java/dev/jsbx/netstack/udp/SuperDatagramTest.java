package dev.jsbx.netstack.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.ip.Addressing;
import dev.jsbx.netstack.ip.IpHandler;
import dev.jsbx.netstack.ip.IpInput;
import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.ip.Packet;
import dev.jsbx.netstack.ip.SipHash;
import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.time.ManualClock;
import dev.jsbx.netstack.time.TimerQueue;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Udp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a guest with UDP segmentation offload sends as one (virtio 1.2 §5.1.6). */
class SuperDatagramTest implements UdpReceiver {
    private static final int IP = Ethernet.HEADER;
    private static final int UDP = IP + Ipv4.HEADER;
    private static final long GUEST_MAC = 0x5254_0000_0002L;

    private final Addressing who = Addressing.standard();
    private final List<Integer> sizes = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "3000, 1000, '1000,1000,1000'",
        "2500, 1000, '1000,1000,500'",
        "999, 1000, '999'",
        "0, 1000, '0'",
        "5, 0, '5'",
    })
    void isCut(int length, int size, String expected) {
        send(length, Offload.GSO_UDP_L4, size);
        assertThat(String.join(",", sizes.stream().map(String::valueOf).toList()))
                .isEqualTo(expected);
    }

    @Test
    void othersAreNot() {
        send(3000, Offload.GSO_NONE, 1000);
        assertThat(sizes).containsExactly(3000);
    }

    private void send(int length, int type, int size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(8192);
            Ethernet.write(m, 0, who.ownMac(), GUEST_MAC, Ethernet.TYPE_IPV4);
            int total = Ipv4.HEADER + Udp.HEADER + length;
            int far = 203 << 24 | 113 << 8 | 7;
            Ipv4.write(m, IP, total, 0, 0, 64, IpProtocol.UDP, who.guestIpv4(), far);
            Udp.write(m, UDP, 4000, 443, Udp.HEADER + length, 0);
            Frame frame = new Frame();
            frame.set(m, 0, IP + total);
            frame.offload().segment(type, size, UDP + Udp.HEADER);
            IpOutput output =
                    new IpOutput(MemoryLink.pair(1500, 0)[0], arena, who.ownMac(), GUEST_MAC);
            ManualClock clock = new ManualClock();
            UdpStack stack =
                    new UdpStack(
                            8,
                            clock,
                            new TimerQueue(),
                            output,
                            new SipHash(1, 2),
                            (flow, first) -> this);
            new IpInput(who, output, new Only(stack), clock).frame(frame);
        }
    }

    @Override
    public void datagram(Packet packet, long at, int length) {
        assertThat(at).isEqualTo(UDP + Udp.HEADER + sizes.stream().mapToInt(i -> i).sum());
        sizes.add(length);
    }

    @Override
    public void expired() {
        // Not in this test's time.
    }

    private record Only(UdpStack stack) implements IpHandler {
        @Override
        public void udp(Packet packet) {
            stack.receive(packet);
        }

        @Override
        public void tcp(Packet packet) {
            throw new AssertionError("only UDP was sent");
        }

        @Override
        public void icmp(Packet packet) {
            tcp(packet);
        }

        @Override
        public void other(Packet packet) {
            tcp(packet);
        }

        @Override
        public void expired(Packet packet) {
            tcp(packet);
        }
    }
}
