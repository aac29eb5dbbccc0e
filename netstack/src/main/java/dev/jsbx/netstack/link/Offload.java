package dev.jsbx.netstack.link;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What one side of a link left the other to do: {@code struct virtio_net_hdr} (virtio 1.2 §5.1.6),
 * as virtio-net and Linux TAP devices put it ahead of each frame. Mutable and reused.
 */
public final class Offload {
    /** Bytes of the structure with {@code num_buffers}, little-endian. */
    public static final int SIZE = 12;

    /** The checksum from {@link #checksumStart} on is still to be made. */
    public static final int NEEDS_CSUM = 1;

    /** The checksum has been looked at and is right. */
    public static final int DATA_VALID = 2;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_UDP = 3;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;

    /** A bit that may be set in a GSO type besides. */
    public static final int GSO_ECN = 0x80;

    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private int flags;
    private int gsoType;
    private int headerLength;
    private int gsoSize;
    private int checksumStart;
    private int checksumOffset;

    /** Nothing left to do, and nothing known of the checksum. */
    public void clear() {
        flags = 0;
        gsoType = GSO_NONE;
        headerLength = 0;
        gsoSize = 0;
        checksumStart = 0;
        checksumOffset = 0;
    }

    /** Takes over all fields of another. */
    public void set(Offload other) {
        flags = other.flags;
        gsoType = other.gsoType;
        headerLength = other.headerLength;
        gsoSize = other.gsoSize;
        checksumStart = other.checksumStart;
        checksumOffset = other.checksumOffset;
    }

    /** Reads the structure. */
    public void read(MemorySegment m, long at) {
        flags = m.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        gsoType = m.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff & ~GSO_ECN;
        headerLength = m.get(U16, at + 2) & 0xffff;
        gsoSize = m.get(U16, at + 4) & 0xffff;
        checksumStart = m.get(U16, at + 6) & 0xffff;
        checksumOffset = m.get(U16, at + 8) & 0xffff;
    }

    /** Writes the structure, with {@code num_buffers} 1. */
    public void write(MemorySegment m, long at) {
        m.set(ValueLayout.JAVA_BYTE, at, (byte) flags);
        m.set(ValueLayout.JAVA_BYTE, at + 1, (byte) gsoType);
        m.set(U16, at + 2, (short) headerLength);
        m.set(U16, at + 4, (short) gsoSize);
        m.set(U16, at + 6, (short) checksumStart);
        m.set(U16, at + 8, (short) checksumOffset);
        m.set(U16, at + 10, (short) 1);
    }

    /**
     * Leaves the checksum to the other side; the field holds the pseudo-header's partial sum.
     *
     * @param start where the sum begins, in bytes from the start of the frame
     * @param offset of the field from there
     */
    public void needChecksum(int start, int offset) {
        flags = NEEDS_CSUM;
        checksumStart = start;
        checksumOffset = offset;
    }

    /** Says that the checksum is right. */
    public void setDataValid() {
        flags = DATA_VALID;
    }

    /**
     * Leaves cutting into segments to the other side.
     *
     * @param type such as {@link #GSO_TCPV4}
     * @param size payload bytes of each segment but the last
     * @param headers bytes of all headers, which go ahead of each segment
     */
    public void segment(int type, int size, int headers) {
        gsoType = type;
        gsoSize = size;
        headerLength = headers;
    }

    /** Whether the checksum is still to be made. */
    public boolean needsChecksum() {
        return (flags & NEEDS_CSUM) != 0;
    }

    /** Whether a receiver need not verify the checksum. */
    public boolean checksumTrusted() {
        return (flags & (NEEDS_CSUM | DATA_VALID)) != 0;
    }

    /** Such as {@link #GSO_TCPV4}, without {@link #GSO_ECN}. */
    public int gsoType() {
        return gsoType;
    }

    /** Payload bytes of each segment; 0 without GSO. */
    public int gsoSize() {
        return gsoType == GSO_NONE ? 0 : gsoSize;
    }

    public int headerLength() {
        return headerLength;
    }

    public int checksumStart() {
        return checksumStart;
    }

    public int checksumOffset() {
        return checksumOffset;
    }
}
