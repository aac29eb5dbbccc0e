package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** TCP headers (RFC 9293 §3.1). The urgent pointer has no accessor: nothing here reads it. */
public final class Tcp {
    /** Header length without options, in bytes. */
    public static final int HEADER = 20;

    /** Header length with the most options, in bytes. */
    public static final int MAX_HEADER = 60;

    /** Where the checksum stands, in bytes from the header's start. */
    public static final int CHECKSUM = 16;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGMENT = 8;
    private static final int DATA_OFFSET = 12;
    private static final int FLAGS = 13;
    private static final int WINDOW = 14;
    private static final int URGENT = 18;

    private Tcp() {}

    /** Whether {@code length} bytes hold the header with its options. */
    public static boolean check(MemorySegment m, long at, long length) {
        if (length < HEADER) {
            return false;
        }
        int header = headerLength(m, at);
        return header >= HEADER && header <= length;
    }

    public static int sourcePort(MemorySegment m, long at) {
        return Bytes.u16(m, at + SOURCE_PORT);
    }

    public static int destinationPort(MemorySegment m, long at) {
        return Bytes.u16(m, at + DESTINATION_PORT);
    }

    public static int sequence(MemorySegment m, long at) {
        return Bytes.i32(m, at + SEQUENCE);
    }

    public static int acknowledgment(MemorySegment m, long at) {
        return Bytes.i32(m, at + ACKNOWLEDGMENT);
    }

    /** In bytes, 0 to 60; at least 20 where {@link #check} holds. */
    public static int headerLength(MemorySegment m, long at) {
        return (Bytes.u8(m, at + DATA_OFFSET) >>> 4) * 4;
    }

    /** Bits such as {@link #SYN}. */
    public static int flags(MemorySegment m, long at) {
        return Bytes.u8(m, at + FLAGS);
    }

    /** As it stands in the header, unscaled. */
    public static int window(MemorySegment m, long at) {
        return Bytes.u16(m, at + WINDOW);
    }

    /** Writes a header with the checksum field and the urgent pointer 0. */
    public static void write(
            MemorySegment m,
            long at,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgment,
            int headerLength,
            int flags,
            int window) {
        Bytes.put16(m, at + SOURCE_PORT, sourcePort);
        Bytes.put16(m, at + DESTINATION_PORT, destinationPort);
        Bytes.put32(m, at + SEQUENCE, sequence);
        Bytes.put32(m, at + ACKNOWLEDGMENT, acknowledgment);
        Bytes.put8(m, at + DATA_OFFSET, headerLength << 2);
        Bytes.put8(m, at + FLAGS, flags);
        Bytes.put16(m, at + WINDOW, window);
        Bytes.put32(m, at + CHECKSUM, 0);
    }

    /** Sets sequence number and flags anew, for the pieces of a super-segment. */
    public static void rewrite(MemorySegment m, long at, int sequence, int flags) {
        Bytes.put32(m, at + SEQUENCE, sequence);
        Bytes.put8(m, at + FLAGS, flags);
    }

    public static void putChecksum(MemorySegment m, long at, int checksum) {
        Bytes.put16(m, at + CHECKSUM, checksum);
    }
}
