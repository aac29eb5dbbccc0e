package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** ARP for IPv4 over Ethernet (RFC 826). */
public final class Arp {
    /** Packet length in bytes. */
    public static final int LENGTH = 28;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    // Hardware type 1 (Ethernet), protocol type 0x0800 (IPv4), lengths 6 and 4.
    private static final long FIXED = 0x0001_0800_0604L;
    private static final int OPERATION = 6;
    private static final int SENDER_MAC = 8;
    private static final int SENDER_IP = 14;
    private static final int TARGET_MAC = 18;
    private static final int TARGET_IP = 24;

    private Arp() {}

    /** Whether {@code length} bytes hold a packet for IPv4 over Ethernet. */
    public static boolean check(MemorySegment m, long at, long length) {
        return length >= LENGTH && Ethernet.mac(m, at) == FIXED;
    }

    public static int operation(MemorySegment m, long at) {
        return Bytes.u16(m, at + OPERATION);
    }

    public static long senderMac(MemorySegment m, long at) {
        return Ethernet.mac(m, at + SENDER_MAC);
    }

    public static int senderIp(MemorySegment m, long at) {
        return Bytes.i32(m, at + SENDER_IP);
    }

    public static int targetIp(MemorySegment m, long at) {
        return Bytes.i32(m, at + TARGET_IP);
    }

    public static void write(
            MemorySegment m,
            long at,
            int operation,
            long senderMac,
            int senderIp,
            long targetMac,
            int targetIp) {
        Ethernet.putMac(m, at, FIXED);
        Bytes.put16(m, at + OPERATION, operation);
        Ethernet.putMac(m, at + SENDER_MAC, senderMac);
        Bytes.put32(m, at + SENDER_IP, senderIp);
        Ethernet.putMac(m, at + TARGET_MAC, targetMac);
        Bytes.put32(m, at + TARGET_IP, targetIp);
    }
}
