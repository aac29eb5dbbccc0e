package dev.jsbx.netstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Ethernet;
import dev.jsbx.netstack.wire.IpProtocol;
import dev.jsbx.netstack.wire.Ipv4;
import dev.jsbx.netstack.wire.Ipv6;
import dev.jsbx.netstack.wire.Udp;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A datagram that exceeds the MTU goes out in fragments, up to the longest that there are. */
class LongDatagramTest {
    private static final int MTU = 1500;
    private static final long GUEST_MAC = 0x5254_0000_0002L;
    private static final long NETWORK = 0xfd6a_7362_7800_0000L;

    private final MemoryLink[] ends = MemoryLink.pair(MTU, 0);

    @ParameterizedTest
    @CsvSource({"1473", "8192", "65507"})
    void overIpv4(int length) {
        byte[] payload = send(true, length);
        assertThat(received(Ipv4.HEADER, 0)).isEqualTo(payload);
    }

    /** The length in an IPv6 header does not count the header (RFC 8200 §3). */
    @ParameterizedTest
    @CsvSource({"1453", "8192", "65487", "65488", "65507", "65527"})
    void overIpv6(int length) {
        byte[] payload = send(false, length);
        assertThat(received(Ipv6.HEADER, Ipv6.FRAGMENT_HEADER)).isEqualTo(payload);
    }

    private byte[] send(boolean v4, int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        long high = v4 ? 0 : NETWORK;
        try (Arena arena = Arena.ofConfined()) {
            IpOutput out = new IpOutput(ends[0], arena, Addressing.standard().ownMac(), GUEST_MAC);
            OutFrame frame = out.begin();
            int at = IpOutput.transportOffset(v4);
            Udp.write(frame.header(), at, 53, 5353, Udp.HEADER + length, 0);
            frame.add(MemorySegment.ofArray(payload), 0, length);
            long from = v4 ? Addresses.mapped(0x0ad50001) : 1;
            int udp = IpProtocol.UDP;
            boolean sent = out.send(high, from, high, from + 1, udp, Udp.HEADER, Udp.CHECKSUM);
            assertThat(sent).isTrue();
        }
        return payload;
    }

    /** What the fragments hold after the UDP header, each at the place that it names. */
    private byte[] received(int ipHeader, int fragmentHeader) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int start = Ethernet.HEADER + ipHeader;
        for (MemoryLink.Packet packet : ends[1].incoming()) {
            MemorySegment m = MemorySegment.ofArray(packet.bytes());
            assertThat(m.byteSize()).isLessThanOrEqualTo(Ethernet.HEADER + MTU);
            int offset =
                    fragmentHeader == 0
                            ? Ipv4.fragmentOffset(Ipv4.fragment(m, Ethernet.HEADER))
                            : Ipv6.fragmentOffset(m, start);
            assertThat(offset).isEqualTo(all.size());
            int from = start + fragmentHeader;
            all.write(packet.bytes(), from, packet.bytes().length - from);
        }
        byte[] datagram = all.toByteArray();
        assertThat(Bytes.u16(MemorySegment.ofArray(datagram), 4)).isEqualTo(datagram.length);
        return Arrays.copyOfRange(datagram, Udp.HEADER, datagram.length);
    }
}
