package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers in network byte order at any alignment. */
public final class Bytes {
    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    /** 0 to 255. */
    public static int u8(MemorySegment m, long at) {
        return m.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /** 0 to 65535. */
    public static int u16(MemorySegment m, long at) {
        return m.get(U16, at) & 0xffff;
    }

    /** 32 bits; negative where the first is set. */
    public static int i32(MemorySegment m, long at) {
        return m.get(U32, at);
    }

    /** 64 bits; negative where the first is set. */
    public static long i64(MemorySegment m, long at) {
        return m.get(U64, at);
    }

    /** Writes the low 8 bits. */
    public static void put8(MemorySegment m, long at, int value) {
        m.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    /** Writes the low 16 bits. */
    public static void put16(MemorySegment m, long at, int value) {
        m.set(U16, at, (short) value);
    }

    public static void put32(MemorySegment m, long at, int value) {
        m.set(U32, at, value);
    }

    public static void put64(MemorySegment m, long at, long value) {
        m.set(U64, at, value);
    }
}
