package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** Ethernet II frames without VLAN tag and check sequence (RFC 894, RFC 2464). */
public final class Ethernet {
    /** Header length in bytes. */
    public static final int HEADER = 14;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;

    private static final int DESTINATION = 0;
    private static final int SOURCE = 6;
    private static final int TYPE = 12;

    private Ethernet() {}

    /** 48 bits. */
    public static long destination(MemorySegment m, long at) {
        return mac(m, at + DESTINATION);
    }

    /** 48 bits. */
    public static long source(MemorySegment m, long at) {
        return mac(m, at + SOURCE);
    }

    /** The EtherType. */
    public static int type(MemorySegment m, long at) {
        return Bytes.u16(m, at + TYPE);
    }

    public static void write(MemorySegment m, long at, long destination, long source, int type) {
        putMac(m, at + DESTINATION, destination);
        putMac(m, at + SOURCE, source);
        Bytes.put16(m, at + TYPE, type);
    }

    static long mac(MemorySegment m, long at) {
        return (long) Bytes.u16(m, at) << 32 | Bytes.i32(m, at + 2) & 0xffff_ffffL;
    }

    static void putMac(MemorySegment m, long at, long mac) {
        Bytes.put16(m, at, (int) (mac >>> 32));
        Bytes.put32(m, at + 2, (int) mac);
    }
}
