package dev.jsbx.netstack.fuzz;

import java.util.HexFormat;

/** Frames of a well-behaved guest at 10.213.0.2, checksums of transport headers left out. */
final class Seeds {
    private static final String V4 = "525400000001 525400000002 0800";
    private static final String V6 = "525400000001 525400000002 86dd";
    private static final String TO = "0ad50002 cb007107";
    private static final String GUEST6 = "fd6a736278000000 505400fffe000002";
    private static final String FAR6 = "20010db800000000 0000000000000007";

    private Seeds() {}

    static byte[][] all() {
        return new byte[][] {
            hex(
                    "ffffffffffff 525400000002 0806 0001 0800 06 04 0001 525400000002 0ad50002"
                            + "000000000000 0ad50001"),
            v4("2c", "06", "4000", "1388 0050 00000001 00000000 60 02 ffff 0000 0000 020405b4"),
            v4("28", "06", "4000", "1388 0050 00000002 00000001 50 10 ffff 0000 0000"),
            v4("28", "06", "4000", "1388 0050 00000002 00000001 50 11 ffff 0000 0000"),
            v4("28", "06", "4000", "1388 0050 00000002 00000001 50 04 ffff 0000 0000"),
            v4("2c", "06", "4000", "1388 0050 00000002 00000001 50 18 ffff 0000 0000 61626364"),
            v4("20", "11", "0000", "1388 0035 000c 0000 61626364"),
            v4("24", "11", "2000", "1388 0035 0018 0000 6162636465666768"),
            v4("24", "11", "0002", "6162636465666768 6162636465666768"),
            v4("20", "01", "0000", "0800 0000 0001 0001 61626364"),
            v6("0014", "06", "1388 0050 00000001 00000000 50 02 ffff 0000 0000"),
            v6("0018", "00", "0600010400000000 1388 0050 00000001 00000000 50 02 ffff"),
            v6("0010", "2c", "1100000100000001 1388 0035 0010 0000"),
            v6("000c", "3a", "8000 0000 0001 0001 61626364"),
            v6("0018", "3a", "8700 0000 00000000 fe80000000000000 0000000000000001"),
        };
    }

    private static byte[] v4(String total, String protocol, String fragment, String rest) {
        byte[] frame =
                hex(
                        V4 + "4500 00" + total + "0001" + fragment + "40" + protocol + "0000" + TO
                                + rest);
        java.lang.foreign.MemorySegment m = java.lang.foreign.MemorySegment.ofArray(frame);
        int sum = dev.jsbx.netstack.wire.Checksum.sum(m, 14, 20);
        dev.jsbx.netstack.wire.Bytes.put16(m, 24, dev.jsbx.netstack.wire.Checksum.finish(sum));
        return frame;
    }

    private static byte[] v6(String payload, String next, String rest) {
        return hex(V6 + "60000000" + payload + next + "ff" + GUEST6 + FAR6 + rest);
    }

    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replace(" ", ""));
    }
}
