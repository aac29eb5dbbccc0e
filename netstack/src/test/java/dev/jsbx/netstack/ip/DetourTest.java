package dev.jsbx.netstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.Flow;
import dev.jsbx.netstack.NetStack;
import dev.jsbx.netstack.Verdict;
import dev.jsbx.netstack.host.EventLoops;
import dev.jsbx.netstack.link.MemoryLink;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.tcp.TcpConfig;
import dev.jsbx.netstack.time.ManualClock;
import dev.jsbx.netstack.wire.Addresses;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Checksum;
import dev.jsbx.netstack.wire.IpProtocol;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways to hide whom a packet is for: policy sees the true address, or the packet goes nowhere. */
class DetourTest {
    private static final String MACS = "525400000001 525400000002 ";
    private static final String GUEST = "0ad50002";
    private static final String FAR = "cb007107"; // 203.0.113.7
    private static final String NEAR = "0a000005"; // 10.0.0.5
    private static final String SYN = "1388 0050 00000001 00000000 50 02 ffff 0000 0000";
    private static final String GUEST6 = "fd6a736278000000 505400fffe000002";
    private static final String FAR6 = "20010db800000000 0000000000000007";

    private final List<String> asked = new ArrayList<>();
    private final MultiThreadIoEventLoopGroup group = EventLoops.epoll(1);
    private final IoEventLoop loop = group.next();
    private final MemoryLink[] ends = MemoryLink.pair(1500, 0);
    private NetStack stack;

    @BeforeEach
    void start() {
        stack =
                new NetStack(
                        ends[0],
                        Addressing.standard(),
                        TcpConfig.DEFAULT,
                        "",
                        this::decide,
                        loop,
                        new ManualClock());
        stack.start();
    }

    @AfterEach
    void stop() {
        stack.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private Verdict decide(Flow flow) {
        asked.add(
                flow.destination().getAddress().getHostAddress()
                        + ":"
                        + flow.destination().getPort());
        return Verdict.refuse();
    }

    /** Whom the policy is asked about when a guest sends these frames. */
    private List<String> send(byte[]... frames) throws Exception {
        asked.clear();
        for (byte[] frame : frames) {
            Offload offload = new Offload();
            offload.setDataValid();
            ends[0].incoming().add(new MemoryLink.Packet(frame, offload));
        }
        loop.submit(stack::poll).get(30, TimeUnit.SECONDS);
        return List.copyOf(asked);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] v4(String to, String options, String fragment, String payload) {
        int header = 20 + hex(options).length;
        String total = HexFormat.of().toHexDigits((short) (header + hex(payload).length));
        String first = HexFormat.of().toHexDigits((byte) (0x40 | header / 4)) + "00";
        return summed(
                hex(
                        MACS
                                + "0800"
                                + first
                                + total
                                + "0007"
                                + fragment
                                + "40 06 0000"
                                + GUEST
                                + to
                                + options
                                + payload),
                header);
    }

    private static byte[] summed(byte[] frame, int header) {
        MemorySegment m = MemorySegment.ofArray(frame);
        Bytes.put16(m, 24, 0);
        Bytes.put16(m, 24, Checksum.finish(Checksum.sum(m, 14, header)));
        return frame;
    }

    private static byte[] v6(String to, String next, String payload) {
        String length = HexFormat.of().toHexDigits((short) hex(payload).length);
        return hex(MACS + "86dd 60000000" + length + next + "40" + GUEST6 + to + payload);
    }

    // What was put together has no checksum that could be trusted unseen.
    private static String summedSyn() {
        byte[] syn = hex(SYN);
        MemorySegment m = MemorySegment.ofArray(syn);
        int pseudo =
                Checksum.pseudo(
                        0,
                        Addresses.mapped(0x0ad50002),
                        0,
                        Addresses.mapped(0xcb007107),
                        IpProtocol.TCP,
                        syn.length);
        int sum = Checksum.add(pseudo, Checksum.sum(m, 0, syn.length));
        Bytes.put16(m, 16, Checksum.finish(sum));
        return HexFormat.of().formatHex(syn);
    }

    @Test
    void plainOnesAreAskedAbout() throws Exception {
        assertThat(send(v4(FAR, "", "4000", SYN))).containsExactly("203.0.113.7:80");
        assertThat(send(v6(FAR6, "06", SYN))).containsExactly("2001:db8:0:0:0:0:0:7:80");
        assertThat(send(v4(FAR, "01010101", "4000", SYN))).containsExactly("203.0.113.7:80");
    }

    @Test
    void sourceRoutesGoNowhere() throws Exception {
        String route = "0704" + NEAR + "00";
        assertThat(send(v4(FAR, "83" + route, "4000", SYN))).isEmpty();
        assertThat(send(v4(FAR, "89" + route, "4000", SYN))).isEmpty();
        assertThat(send(v4(FAR, "01 83 0704" + NEAR, "4000", SYN))).isEmpty();
        assertThat(send(v4(FAR, "44 00 83 07", "4000", SYN))).isEmpty(); // hidden in nonsense
        String routing = "06 02 00 01 00000000 20010db800000000 0000000000000099";
        assertThat(send(v6(FAR6, "2b", routing + SYN))).isEmpty();
    }

    @Test
    void fragmentsAreAskedAboutAsAWhole() throws Exception {
        String whole = summedSyn();
        assertThat(send(v4(FAR, "", "2000", whole.substring(0, 16)))).isEmpty();
        assertThat(send(v4(FAR, "", "0001", whole.substring(16))))
                .containsExactly("203.0.113.7:80");
    }

    @Test
    void fragmentsThatOverlapGoNowhere() throws Exception {
        String whole = summedSyn();
        byte[] first = v4(FAR, "", "2000", whole.substring(0, 32));
        byte[] over = v4(FAR, "", "2001", "00160000" + whole.substring(24, 32));
        byte[] last = v4(FAR, "", "0002", whole.substring(32));
        assertThat(send(first, over, last)).isEmpty();
    }

    @Test
    void fragmentsOfDifferentDestinationsAreNotJoined() throws Exception {
        String whole = summedSyn();
        assertThat(
                        send(
                                v4(FAR, "", "2000", whole.substring(0, 16)),
                                v4(NEAR, "", "0001", whole.substring(16))))
                .isEmpty();
    }

    @Test
    void addressesWithinAddressesAreWhatTheyAre() throws Exception {
        String mapped = "0000000000000000 0000ffff" + NEAR;
        assertThat(send(v6(mapped, "06", SYN))).isEmpty();
        String translated = "0064ff9b00000000 00000000" + NEAR;
        assertThat(send(v6(translated, "06", SYN))).containsExactly("64:ff9b:0:0:0:0:a00:5:80");
        assertThat(send(v4("7f000001", "", "4000", SYN))).isEmpty();
        assertThat(send(v4("00000000", "", "4000", SYN))).isEmpty();
    }

    @Test
    void othersAddressesAreNoSource() throws Exception {
        byte[] frame = v4(FAR, "", "4000", SYN);
        frame[29] = 9; // 10.213.0.9
        assertThat(send(summed(frame, 20))).isEmpty();
    }
}
