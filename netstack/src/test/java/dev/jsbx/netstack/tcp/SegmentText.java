package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.ip.IpOutput;
import dev.jsbx.netstack.wire.Bytes;
import dev.jsbx.netstack.wire.Tcp;
import dev.jsbx.netstack.wire.TcpOptions;
import java.lang.foreign.MemorySegment;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line of a dialogue, such as {@code P. 1:101(100) ack 1 win 1000 <sack 201:301>}. */
final class SegmentText {
    private static final Pattern LINE =
            Pattern.compile(
                    "([SFRPU.]+) (\\d+):(\\d+)\\((\\d+)\\)(?: ack (\\d+))?(?: win (\\d+))?"
                            + "(?: <(.*)>)?");
    private static final int AT = IpOutput.transportOffset(true);

    int flags;
    long seq;
    int length;
    Long ack;
    Integer window;
    String options;

    void parse(String s) {
        Matcher m = LINE.matcher(s);
        assertThat(m.matches()).as("a segment: %s", s).isTrue();
        flags = flags(m.group(1));
        seq = Long.parseLong(m.group(2));
        length = Integer.parseInt(m.group(4));
        assertThat(Long.parseLong(m.group(3))).as("end of %s", s).isEqualTo(seq + length);
        ack = m.group(5) == null ? null : Long.valueOf(m.group(5));
        window = m.group(6) == null ? null : Integer.valueOf(m.group(6));
        options = m.group(7);
    }

    private static int flags(String s) {
        int flags = 0;
        for (char c : s.toCharArray()) {
            flags |=
                    switch (c) {
                        case 'S' -> Tcp.SYN;
                        case 'F' -> Tcp.FIN;
                        case 'R' -> Tcp.RST;
                        case 'P' -> Tcp.PSH;
                        case 'U' -> Tcp.URG;
                        default -> Tcp.ACK;
                    };
        }
        return flags;
    }

    /** Byte {@code i} of either stream. */
    static byte payload(long i) {
        return (byte) (i * 31 + (i >> 8));
    }

    /** TCP header and payload as the guest sends them. */
    byte[] toBytes(int isn, int peerIsn) {
        byte[] room = new byte[Tcp.MAX_HEADER + length];
        MemorySegment m = MemorySegment.ofArray(room);
        long end = putOptions(m, Tcp.HEADER, peerIsn);
        while ((end & 3) != 0) {
            Bytes.put8(m, end++, 1);
        }
        int header = (int) end;
        int a = ack == null ? 0 : (int) (long) ack + peerIsn;
        int w = window == null ? 65535 : window;
        Tcp.write(m, 0, 5000, 80, (int) seq + isn, a, header, flags, w);
        for (int i = 0; i < length; i++) {
            room[header + i] = payload(seq - 1 + i);
        }
        return java.util.Arrays.copyOf(room, header + length);
    }

    private long putOptions(MemorySegment m, long at, int peerIsn) {
        long end = at;
        for (String o : options == null ? new String[0] : options.split(",")) {
            String[] w = o.strip().split(" ");
            switch (w[0]) {
                case "mss" -> end = TcpOptions.putMss(m, end, Integer.parseInt(w[1]));
                case "sackOK" -> end = TcpOptions.putSackPermitted(m, end);
                case "wscale" -> end = TcpOptions.putWindowScale(m, end, Integer.parseInt(w[1]));
                case "TS" -> {
                    int val = (int) Long.parseLong(w[2]);
                    end = TcpOptions.putTimestamps(m, end, val, (int) Long.parseLong(w[4]));
                }
                case "sack" -> {
                    end = TcpOptions.putSackHead(m, end, w.length - 1);
                    for (int i = 1; i < w.length; i++) {
                        String[] edges = w[i].split(":");
                        int l = (int) Long.parseLong(edges[0]) + peerIsn;
                        int r = (int) Long.parseLong(edges[1]) + peerIsn;
                        end = TcpOptions.putSackBlock(m, end, l, r);
                    }
                }
                default -> throw new AssertionError("option " + o);
            }
        }
        return end;
    }

    /** Compares with a frame that the stack sent. */
    void compare(byte[] frame, int iss, int peerIsn, TcpConnection c) {
        MemorySegment m = MemorySegment.ofArray(frame);
        int header = Tcp.headerLength(m, AT);
        String got = describe(frame, iss, peerIsn);
        assertThat(Tcp.flags(m, AT)).as("flags of %s", got).isEqualTo(flags);
        boolean reset = (flags & Tcp.RST) != 0;
        int wireSeq = Tcp.sequence(m, AT);
        assertThat(wireSeq - (reset && seq == 0 ? 0 : iss))
                .as("sequence number of %s", got)
                .isEqualTo((int) seq);
        assertThat(frame.length - AT - header).as("length of %s", got).isEqualTo(length);
        if (ack != null) {
            assertThat(Tcp.acknowledgment(m, AT) - peerIsn)
                    .as("acknowledgment of %s", got)
                    .isEqualTo((int) (long) ack);
        }
        if (window != null) {
            assertThat(Tcp.window(m, AT)).as("window of %s", got).isEqualTo(window);
        }
        if (options != null) {
            assertThat(optionsOf(m, header, peerIsn)).as("options of %s", got).isEqualTo(options);
        }
        for (int i = 0; i < length; i++) {
            assertThat(frame[AT + header + i])
                    .as("payload at %d", i)
                    .isEqualTo(payload(seq - 1 + i));
        }
    }

    static String describe(byte[] frame, int iss, int peerIsn) {
        MemorySegment m = MemorySegment.ofArray(frame);
        int header = Tcp.headerLength(m, AT);
        int n = frame.length - AT - header;
        int f = Tcp.flags(m, AT);
        String names =
                ((f & Tcp.SYN) != 0 ? "S" : "")
                        + ((f & Tcp.FIN) != 0 ? "F" : "")
                        + ((f & Tcp.RST) != 0 ? "R" : "")
                        + ((f & Tcp.PSH) != 0 ? "P" : "")
                        + ((f & Tcp.ACK) != 0 ? "." : "");
        long from = Tcp.sequence(m, AT) - iss & 0xffff_ffffL;
        return String.format(
                "%s %d:%d(%d) ack %d win %d <%s>",
                names,
                from,
                from + n,
                n,
                Tcp.acknowledgment(m, AT) - peerIsn,
                Tcp.window(m, AT),
                optionsOf(m, header, peerIsn));
    }

    private static String optionsOf(MemorySegment m, int header, int peerIsn) {
        TcpOptions o = new TcpOptions();
        o.parse(m, AT + Tcp.HEADER, header - Tcp.HEADER);
        StringBuilder s = new StringBuilder();
        if (o.mss() > 0) {
            s.append("mss ").append(o.mss());
        }
        if (o.sackPermitted()) {
            s.append(s.isEmpty() ? "" : ",").append("sackOK");
        }
        if (o.timestamps()) {
            s.append(s.isEmpty() ? "" : ",").append("TS ecr ").append(o.tsEcr());
        }
        if (o.windowScale() >= 0) {
            s.append(s.isEmpty() ? "" : ",").append("wscale ").append(o.windowScale());
        }
        if (o.sackBlocks() > 0) {
            s.append(s.isEmpty() ? "" : ",").append("sack");
            for (int i = 0; i < o.sackBlocks(); i++) {
                s.append(' ').append(o.sackLeft(i) - peerIsn);
                s.append(':').append(o.sackRight(i) - peerIsn);
            }
        }
        return s.toString();
    }
}
