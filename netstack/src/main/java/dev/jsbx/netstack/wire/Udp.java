package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** UDP headers (RFC 768). */
public final class Udp {
    /** Header length in bytes. */
    public static final int HEADER = 8;

    /** Where the checksum stands, in bytes from the header's start. */
    public static final int CHECKSUM = 6;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int LENGTH = 4;

    private Udp() {}

    /** Whether {@code length} bytes of IP payload hold the datagram that the header tells of. */
    public static boolean check(MemorySegment m, long at, long length) {
        if (length < HEADER) {
            return false;
        }
        int own = length(m, at);
        return own >= HEADER && own <= length;
    }

    public static int sourcePort(MemorySegment m, long at) {
        return Bytes.u16(m, at + SOURCE_PORT);
    }

    public static int destinationPort(MemorySegment m, long at) {
        return Bytes.u16(m, at + DESTINATION_PORT);
    }

    /** Header and payload, in bytes. */
    public static int length(MemorySegment m, long at) {
        return Bytes.u16(m, at + LENGTH);
    }

    /** 0 means that the sender made none, which only IPv4 allows. */
    public static int checksum(MemorySegment m, long at) {
        return Bytes.u16(m, at + CHECKSUM);
    }

    public static void write(
            MemorySegment m, long at, int source, int destination, int length, int checksum) {
        Bytes.put16(m, at + SOURCE_PORT, source);
        Bytes.put16(m, at + DESTINATION_PORT, destination);
        Bytes.put16(m, at + LENGTH, length);
        Bytes.put16(m, at + CHECKSUM, checksum);
    }

    /** A computed checksum as it goes on the wire: 0 is sent as its complement (RFC 768). */
    public static int onWire(int checksum) {
        return checksum == 0 ? 0xffff : checksum;
    }
}
