package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/** DHCP messages for IPv4 (RFC 2131 §2) and the options used here (RFC 2132). */
public final class Dhcp {
    public static final int SERVER_PORT = 67;
    public static final int CLIENT_PORT = 68;

    public static final int BOOTREQUEST = 1;
    public static final int BOOTREPLY = 2;

    public static final int DISCOVER = 1;
    public static final int OFFER = 2;
    public static final int REQUEST = 3;
    public static final int DECLINE = 4;
    public static final int ACK = 5;
    public static final int NAK = 6;
    public static final int RELEASE = 7;
    public static final int INFORM = 8;

    public static final int OPTION_SUBNET_MASK = 1;
    public static final int OPTION_ROUTER = 3;
    public static final int OPTION_DNS = 6;
    public static final int OPTION_HOST_NAME = 12;
    public static final int OPTION_MTU = 26;
    public static final int OPTION_REQUESTED_ADDRESS = 50;
    public static final int OPTION_LEASE_TIME = 51;
    public static final int OPTION_MESSAGE_TYPE = 53;
    public static final int OPTION_SERVER_ID = 54;
    public static final int OPTION_END = 255;

    /** The flag in {@link #flags} that asks for a broadcast answer. */
    public static final int BROADCAST = 0x8000;

    /** Where the options start, behind the magic cookie, in bytes. */
    public static final int OPTIONS = 240;

    /** Some clients take nothing shorter (RFC 1542 §2.1). */
    public static final int MIN_LENGTH = 300;

    private static final int XID = 4;
    private static final int FLAGS = 10;
    private static final int CIADDR = 12;
    private static final int YIADDR = 16;
    private static final int SIADDR = 20;
    private static final int CHADDR = 28;
    private static final int COOKIE = 236;
    private static final int MAGIC = 0x63825363;
    private static final int HARDWARE_ETHERNET = 0x0106;

    private Dhcp() {}

    /** Whether {@code length} bytes hold a client's message with the fixed part and the cookie. */
    public static boolean check(MemorySegment m, long at, long length) {
        return length >= OPTIONS
                && Bytes.u8(m, at) == BOOTREQUEST
                && Bytes.u16(m, at + 1) == HARDWARE_ETHERNET
                && Bytes.i32(m, at + COOKIE) == MAGIC;
    }

    public static int xid(MemorySegment m, long at) {
        return Bytes.i32(m, at + XID);
    }

    public static int flags(MemorySegment m, long at) {
        return Bytes.u16(m, at + FLAGS);
    }

    /** The address that the client already uses; 0 for none. */
    public static int ciaddr(MemorySegment m, long at) {
        return Bytes.i32(m, at + CIADDR);
    }

    /** The address that a reply hands out. */
    public static int yiaddr(MemorySegment m, long at) {
        return Bytes.i32(m, at + YIADDR);
    }

    /**
     * Finds an option.
     *
     * @return the offset of its length byte; -1 if it is missing or the options are malformed
     */
    public static long option(MemorySegment m, long at, long length, int wanted) {
        long end = at + length;
        for (long i = at + OPTIONS; i < end; ) {
            int option = Bytes.u8(m, i);
            if (option == OPTION_END) {
                return -1;
            }
            if (option == 0) {
                i++;
                continue;
            }
            if (i + 2 > end || i + 2 + Bytes.u8(m, i + 1) > end) {
                return -1;
            }
            if (option == wanted) {
                return i + 1;
            }
            i += 2 + Bytes.u8(m, i + 1);
        }
        return -1;
    }

    /** An option of one byte; -1 if it is missing. */
    public static int option8(MemorySegment m, long at, long length, int wanted) {
        long found = option(m, at, length, wanted);
        return found >= 0 && Bytes.u8(m, found) == 1 ? Bytes.u8(m, found + 1) : -1;
    }

    /** An option of four bytes, such as an address; 0 if it is missing. */
    public static int option32(MemorySegment m, long at, long length, int wanted) {
        long found = option(m, at, length, wanted);
        return found >= 0 && Bytes.u8(m, found) == 4 ? Bytes.i32(m, found + 1) : 0;
    }

    /** Writes the fixed part of the reply to a request; options follow at {@link #OPTIONS}. */
    public static void writeReply(
            MemorySegment m,
            long at,
            MemorySegment request,
            long requestAt,
            int yiaddr,
            int server) {
        m.asSlice(at, MIN_LENGTH).fill((byte) 0);
        Bytes.put8(m, at, BOOTREPLY);
        Bytes.put16(m, at + 1, HARDWARE_ETHERNET);
        Bytes.put32(m, at + XID, xid(request, requestAt));
        Bytes.put16(m, at + FLAGS, flags(request, requestAt));
        Bytes.put32(m, at + CIADDR, ciaddr(request, requestAt));
        Bytes.put32(m, at + YIADDR, yiaddr);
        Bytes.put32(m, at + SIADDR, server);
        // chaddr (16 bytes) goes back as it came.
        MemorySegment.copy(request, requestAt + CHADDR, m, at + CHADDR, 16);
        Bytes.put32(m, at + COOKIE, MAGIC);
    }

    /** Writes an option of one byte; returns the offset behind it. */
    public static long put8(MemorySegment m, long at, int option, int value) {
        Bytes.put16(m, at, option << 8 | 1);
        Bytes.put8(m, at + 2, value);
        return at + 3;
    }

    /** Writes an option of two bytes. */
    public static long put16(MemorySegment m, long at, int option, int value) {
        Bytes.put16(m, at, option << 8 | 2);
        Bytes.put16(m, at + 2, value);
        return at + 4;
    }

    /** Writes an option of four bytes. */
    public static long put32(MemorySegment m, long at, int option, int value) {
        Bytes.put16(m, at, option << 8 | 4);
        Bytes.put32(m, at + 2, value);
        return at + 6;
    }

    /** Writes an option of some bytes, at most 255. */
    public static long putBytes(MemorySegment m, long at, int option, byte[] value) {
        Bytes.put16(m, at, option << 8 | value.length);
        for (int i = 0; i < value.length; i++) {
            Bytes.put8(m, at + 2 + i, value[i]);
        }
        return at + 2 + value.length;
    }
}
