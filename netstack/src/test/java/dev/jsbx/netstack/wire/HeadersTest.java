package dev.jsbx.netstack.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Each header against bytes as they stand on a wire. */
class HeadersTest {
    private static MemorySegment bytes(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static String hex(MemorySegment m, long length) {
        return HexFormat.of()
                .formatHex(m.asSlice(0, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }

    @Test
    void ethernet() {
        MemorySegment m = bytes("525400123456 020000000001 86dd");
        assertThat(Ethernet.destination(m, 0)).isEqualTo(0x525400123456L);
        assertThat(Ethernet.source(m, 0)).isEqualTo(0x020000000001L);
        assertThat(Ethernet.type(m, 0)).isEqualTo(Ethernet.TYPE_IPV6);
        MemorySegment out = MemorySegment.ofArray(new byte[14]);
        Ethernet.write(out, 0, 0x525400123456L, 0x020000000001L, 0x86dd);
        assertThat(hex(out, 14)).isEqualTo(hex(m, 14));
    }

    @Test
    void arp() {
        MemorySegment m = bytes("0001 0800 06 04 0001 525400123456 0ad50002 000000000000 0ad50001");
        assertThat(Arp.check(m, 0, 28)).isTrue();
        assertThat(Arp.check(m, 0, 27)).isFalse();
        assertThat(Arp.operation(m, 0)).isEqualTo(Arp.REQUEST);
        assertThat(Arp.senderMac(m, 0)).isEqualTo(0x525400123456L);
        assertThat(Arp.senderIp(m, 0)).isEqualTo(0x0ad50002);
        assertThat(Arp.targetIp(m, 0)).isEqualTo(0x0ad50001);
        MemorySegment out = MemorySegment.ofArray(new byte[28]);
        Arp.write(out, 0, Arp.REQUEST, 0x525400123456L, 0x0ad50002, 0, 0x0ad50001);
        assertThat(hex(out, 28)).isEqualTo(hex(m, 28));
    }

    @Test
    void ipv4() {
        // The example of RFC 1071's commentators: checksum b861.
        MemorySegment m =
                bytes("4500 0073 0000 4000 4011 b861 c0a80001 c0a800c7" + "00".repeat(95));
        assertThat(Ipv4.check(m, 0, 115)).isTrue();
        assertThat(Ipv4.check(m, 0, 114)).as("shorter than it says").isFalse();
        assertThat(Ipv4.headerLength(m, 0)).isEqualTo(20);
        assertThat(Ipv4.totalLength(m, 0)).isEqualTo(115);
        assertThat(Ipv4.fragment(m, 0)).isEqualTo(Ipv4.DF);
        assertThat(Ipv4.isFragment(Ipv4.fragment(m, 0))).isFalse();
        assertThat(Ipv4.ttl(m, 0)).isEqualTo(64);
        assertThat(Ipv4.protocol(m, 0)).isEqualTo(IpProtocol.UDP);
        assertThat(Ipv4.source(m, 0)).isEqualTo(0xc0a80001);
        assertThat(Ipv4.destination(m, 0)).isEqualTo(0xc0a800c7);
        MemorySegment out = MemorySegment.ofArray(new byte[20]);
        Ipv4.write(out, 0, 115, 0, Ipv4.DF, 64, 17, 0xc0a80001, 0xc0a800c7);
        assertThat(hex(out, 20)).isEqualTo(hex(m, 20));
    }

    @Test
    void ipv4ThatLies() {
        String rest = "0000 4000 4011 0000 c0a80001 c0a800c7";
        assertThat(Ipv4.check(bytes("4500 0014" + rest), 0, 20)).as("checksum").isFalse();
        assertThat(Ipv4.check(bytes("4400 0014" + rest), 0, 20)).as("header of 16").isFalse();
        assertThat(Ipv4.check(bytes("4500 0013" + rest), 0, 20)).as("total below header").isFalse();
        assertThat(Ipv4.check(bytes("6500 0014" + rest), 0, 20)).as("version").isFalse();
    }

    @Test
    void ipv6() {
        String src = "fe80000000000000 50540fffe000002a";
        String dst = "ff02000000000000 0000000000000001";
        MemorySegment m = bytes("60000000 0008 3a ff" + src + dst + "8700000000000000");
        assertThat(Ipv6.check(m, 0, 48)).isTrue();
        assertThat(Ipv6.check(m, 0, 47)).isFalse();
        assertThat(Ipv6.payloadLength(m, 0)).isEqualTo(8);
        assertThat(Ipv6.nextHeader(m, 0)).isEqualTo(IpProtocol.ICMPV6);
        assertThat(Ipv6.hopLimit(m, 0)).isEqualTo(255);
        assertThat(Ipv6.sourceHigh(m, 0)).isEqualTo(0xfe80L << 48);
        assertThat(Ipv6.sourceLow(m, 0)).isEqualTo(0x50540fffe000002aL);
        assertThat(Addresses.isMulticast(Ipv6.destinationHigh(m, 0), 1)).isTrue();
        assertThat(Ipv6.skipOptions(m, 0, 8)).isEqualTo(IpProtocol.ICMPV6 << 16 | 40);
    }

    @Test
    void ipv6Extensions() {
        String fixed = "60000000 0018 00 40" + "00".repeat(32);
        // Hop-by-hop, destination options, then TCP.
        MemorySegment m = bytes(fixed + "3c00010400000000" + "0600010400000000" + "00".repeat(8));
        assertThat(Ipv6.skipOptions(m, 0, 24)).isEqualTo(IpProtocol.TCP << 16 | 56);
        MemorySegment late = bytes("60000000 0010 3c 40" + "00".repeat(32) + "00".repeat(16));
        // Hop-by-hop behind another header is not skipped (RFC 8200 §4.1).
        assertThat(Ipv6.skipOptions(late, 0, 16)).isEqualTo(IpProtocol.HOPOPT << 16 | 48);
        MemorySegment tooLong = bytes(fixed + "06ff010400000000" + "00".repeat(16));
        assertThat(Ipv6.skipOptions(tooLong, 0, 24)).isEqualTo(-1);
    }

    @Test
    void tcp() {
        MemorySegment m =
                bytes(
                        "1388 0050 11223344 55667788 a0 12 ffff 0000 0000"
                                + "020405b4 0402 080a 000000010000000201030307");
        assertThat(Tcp.check(m, 0, 40)).isTrue();
        assertThat(Tcp.check(m, 0, 39)).isFalse();
        assertThat(Tcp.sourcePort(m, 0)).isEqualTo(5000);
        assertThat(Tcp.destinationPort(m, 0)).isEqualTo(80);
        assertThat(Tcp.sequence(m, 0)).isEqualTo(0x11223344);
        assertThat(Tcp.acknowledgment(m, 0)).isEqualTo(0x55667788);
        assertThat(Tcp.flags(m, 0)).isEqualTo(Tcp.SYN | Tcp.ACK);
        assertThat(Tcp.window(m, 0)).isEqualTo(65535);
        TcpOptions o = new TcpOptions();
        o.parse(m, 20, 20);
        assertThat(o.mss()).isEqualTo(1460);
        assertThat(o.sackPermitted()).isTrue();
        assertThat(o.timestamps()).isTrue();
        assertThat(o.tsVal()).isEqualTo(1);
        assertThat(o.tsEcr()).isEqualTo(2);
        assertThat(o.windowScale()).isEqualTo(7);
    }

    @Test
    void tcpOptionsThatLie() {
        TcpOptions o = new TcpOptions();
        o.parse(bytes("0200 020405b4"), 0, 6);
        assertThat(o.mss()).as("behind a length of 0").isZero();
        o.parse(bytes("020405"), 0, 3);
        assertThat(o.mss()).as("cut off").isZero();
        o.parse(bytes("01010303ff00"), 0, 6);
        assertThat(o.windowScale()).as("RFC 7323 §2.3").isEqualTo(14);
        o.parse(bytes("0506000000010000"), 0, 8);
        assertThat(o.sackBlocks()).as("half a block").isZero();
    }

    @Test
    void udp() {
        MemorySegment m = bytes("0044 0043 000a 1234 abcd");
        assertThat(Udp.check(m, 0, 10)).isTrue();
        assertThat(Udp.check(m, 0, 9)).isFalse();
        assertThat(Udp.sourcePort(m, 0)).isEqualTo(68);
        assertThat(Udp.destinationPort(m, 0)).isEqualTo(67);
        assertThat(Udp.check(bytes("0044 0043 0007 1234"), 0, 8)).as("below header").isFalse();
    }

    @Test
    void icmp() {
        MemorySegment m = bytes("0800 0000 1234 0001 61626364");
        Icmp.finish(m, 0, 12, 0);
        assertThat(Icmp.check(m, 0, 12)).isTrue();
        assertThat(Icmp.type(m, 0)).isEqualTo(Icmp.ECHO_REQUEST);
        assertThat(Icmp.rest(m, 0)).isEqualTo(0x12340001);
        assertThat(Icmp.check(m, 0, 7)).isFalse();
    }

    @Test
    void macAddresses() {
        MacAddress mac = MacAddress.of("52:54:00:12:34:56");
        assertThat(mac.bits()).isEqualTo(0x525400123456L);
        assertThat(mac).hasToString("52:54:00:12:34:56");
        assertThat(mac.eui64()).isEqualTo(0x505400fffe123456L);
        assertThatThrownBy(() -> MacAddress.of("52:54:00:12:34"))
                .hasMessageContaining("is no MAC address");
    }

    @Test
    void addresses() {
        assertThat(Addresses.toInetAddress(0, Addresses.mapped(0x7f000001)).getHostAddress())
                .isEqualTo("127.0.0.1");
        assertThat(Addresses.isLoopback(0, Addresses.mapped(0x7fffffff))).isTrue();
        assertThat(Addresses.isLoopback(0, 1)).isTrue();
        assertThat(Addresses.isMulticast(0, Addresses.mapped(0xe0000001))).isTrue();
        assertThat(Addresses.isBroadcast(0, Addresses.mapped(-1))).isTrue();
        assertThat(Addresses.solicitedNodeLow(0x123456789abcdefL)).isEqualTo(0x1ffabcdefL);
    }
}
