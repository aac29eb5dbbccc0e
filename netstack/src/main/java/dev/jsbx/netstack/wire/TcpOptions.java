package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;

/**
 * The options of one TCP header (RFC 9293 §3.2, RFC 7323, RFC 2018), taken apart. One object serves
 * all packets: {@link #parse} forgets the last.
 */
public final class TcpOptions {
    /** The most SACK blocks a header holds. */
    public static final int MAX_SACK_BLOCKS = 4;

    /** Bytes of the timestamps option with the two NOPs that align it. */
    public static final int TIMESTAMPS_ALIGNED = 12;

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;

    /** RFC 7323 §2.3: a larger shift counts as this one. */
    private static final int MAX_SCALE = 14;

    private int mss;
    private int windowScale;
    private boolean sackPermitted;
    private boolean timestamps;
    private int tsVal;
    private int tsEcr;
    private int sackBlocks;
    private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
    private final int[] sackRight = new int[MAX_SACK_BLOCKS];

    /** Reads {@code length} bytes of options; whatever follows a malformed one is ignored. */
    public void parse(MemorySegment m, long at, int length) {
        clear();
        long end = at + length;
        for (long i = at; i < end; ) {
            int kind = Bytes.u8(m, i);
            if (kind == END) {
                return;
            }
            if (kind == NOP) {
                i++;
                continue;
            }
            if (i + 2 > end) {
                return;
            }
            int size = Bytes.u8(m, i + 1);
            if (size < 2 || i + size > end) {
                return;
            }
            option(m, i, kind, size);
            i += size;
        }
    }

    private void clear() {
        mss = 0;
        windowScale = -1;
        sackPermitted = false;
        timestamps = false;
        sackBlocks = 0;
    }

    private void option(MemorySegment m, long at, int kind, int size) {
        if (kind == MSS && size == 4) {
            mss = Bytes.u16(m, at + 2);
        } else if (kind == WINDOW_SCALE && size == 3) {
            windowScale = Math.min(Bytes.u8(m, at + 2), MAX_SCALE);
        } else if (kind == SACK_PERMITTED && size == 2) {
            sackPermitted = true;
        } else if (kind == TIMESTAMPS && size == 10) {
            timestamps = true;
            tsVal = Bytes.i32(m, at + 2);
            tsEcr = Bytes.i32(m, at + 6);
        } else if (kind == SACK && size > 2 && (size - 2) % 8 == 0) {
            sackBlocks = Math.min((size - 2) / 8, MAX_SACK_BLOCKS);
            for (int i = 0; i < sackBlocks; i++) {
                sackLeft[i] = Bytes.i32(m, at + 2 + 8L * i);
                sackRight[i] = Bytes.i32(m, at + 6 + 8L * i);
            }
        }
    }

    /** In bytes; 0 if the option is missing. */
    public int mss() {
        return mss;
    }

    /** The shift, 0 to 14; -1 if the option is missing. */
    public int windowScale() {
        return windowScale;
    }

    public boolean sackPermitted() {
        return sackPermitted;
    }

    /** Whether {@link #tsVal} and {@link #tsEcr} are there. */
    public boolean timestamps() {
        return timestamps;
    }

    public int tsVal() {
        return tsVal;
    }

    public int tsEcr() {
        return tsEcr;
    }

    /** How many of {@link #sackLeft} and {@link #sackRight} there are, 0 to 4. */
    public int sackBlocks() {
        return sackBlocks;
    }

    public int sackLeft(int i) {
        return sackLeft[i];
    }

    public int sackRight(int i) {
        return sackRight[i];
    }

    /** Writes the maximum segment size; returns the offset behind it. */
    public static long putMss(MemorySegment m, long at, int mss) {
        Bytes.put32(m, at, MSS << 24 | 4 << 16 | mss);
        return at + 4;
    }

    /** Writes NOP and window scale. */
    public static long putWindowScale(MemorySegment m, long at, int shift) {
        Bytes.put32(m, at, NOP << 24 | WINDOW_SCALE << 16 | 3 << 8 | shift);
        return at + 4;
    }

    /** Writes two NOPs and SACK-permitted. */
    public static long putSackPermitted(MemorySegment m, long at) {
        Bytes.put32(m, at, NOP << 24 | NOP << 16 | SACK_PERMITTED << 8 | 2);
        return at + 4;
    }

    /** Writes two NOPs and the timestamps (RFC 7323 appendix A). */
    public static long putTimestamps(MemorySegment m, long at, int value, int echo) {
        Bytes.put32(m, at, NOP << 24 | NOP << 16 | TIMESTAMPS << 8 | 10);
        Bytes.put32(m, at + 4, value);
        Bytes.put32(m, at + 8, echo);
        return at + TIMESTAMPS_ALIGNED;
    }

    /** Writes two NOPs and the head of a SACK option of {@code blocks} blocks, 1 to 4. */
    public static long putSackHead(MemorySegment m, long at, int blocks) {
        Bytes.put32(m, at, NOP << 24 | NOP << 16 | SACK << 8 | 2 + 8 * blocks);
        return at + 4;
    }

    /** Writes one block of a SACK option. */
    public static long putSackBlock(MemorySegment m, long at, int left, int right) {
        Bytes.put32(m, at, left);
        Bytes.put32(m, at + 4, right);
        return at + 8;
    }
}
