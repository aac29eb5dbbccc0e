package dev.jsbx.netstack.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit
 * words. Partial sums are 16 bits wide, in host order, and are joined by {@link #add}.
 */
public final class Checksum {
    private static final ValueLayout.OfLong LONGS = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfByte BYTES = ValueLayout.JAVA_BYTE;
    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {}

    /**
     * The partial sum of some bytes, the first of which stands at an even place of the checksummed
     * range; an odd last byte counts as padded with zero.
     */
    public static int sum(MemorySegment m, long at, long length) {
        long sum = 0;
        long i = 0;
        // Any word size gives the same sum once folded, in either byte order (RFC 1071 §2).
        for (long end = length & ~7L; i < end; i += 8) {
            long v = m.get(LONGS, at + i);
            sum += (v & 0xffff_ffffL) + (v >>> 32);
        }
        int folded = fold(sum);
        int tail = 0;
        for (; i + 1 < length; i += 2) {
            tail += Bytes.u16(m, at + i);
        }
        if (i < length) {
            tail += (m.get(BYTES, at + i) & 0xff) << 8;
        }
        return add(SWAP ? swap(folded) : folded, fold(tail));
    }

    /** The sum of two partial sums. */
    public static int add(int a, int b) {
        int s = a + b;
        return (s & 0xffff) + (s >>> 16);
    }

    /** What a partial sum becomes when its bytes start at an odd place (RFC 1071 §2 B). */
    public static int swap(int partial) {
        return (partial << 8 | partial >>> 8) & 0xffff;
    }

    /** The checksum field for a complete sum. */
    public static int finish(int partial) {
        return ~partial & 0xffff;
    }

    /**
     * The partial sum of the pseudo-header of RFC 9293 §3.1 and RFC 8200 §8.1. The mapped form of
     * IPv4 addresses gives the sum of IPv4 if their prefix is left out.
     *
     * @param protocol the number in the IP header
     * @param length of the upper-layer header and payload, in bytes
     */
    public static int pseudo(
            long srcHigh, long srcLow, long dstHigh, long dstLow, int protocol, long length) {
        boolean v4 = Addresses.isIpv4(srcHigh, srcLow);
        long sum = protocol + (length & 0xffff) + (length >>> 16);
        if (v4) {
            sum += (srcLow & 0xffff_ffffL) + (dstLow & 0xffff_ffffL);
        } else {
            sum += halves(srcHigh) + halves(srcLow) + halves(dstHigh) + halves(dstLow);
        }
        return fold(sum);
    }

    private static long halves(long v) {
        return (v & 0xffff_ffffL) + (v >>> 32);
    }

    /** Folds a sum of 32-bit words to 16 bits. */
    static int fold(long sum) {
        long s = (sum & 0xffff_ffffL) + (sum >>> 32);
        s = (s & 0xffff_ffffL) + (s >>> 32);
        int t = (int) (s & 0xffff) + (int) (s >>> 16);
        return (t & 0xffff) + (t >>> 16);
    }

    /**
     * The new value of a checksum field after one 16-bit word of what it covers has changed (RFC
     * 1624 eqn. 3).
     */
    public static int update(int checksum, int oldWord, int newWord) {
        int s = (~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff);
        return finish(fold(s));
    }
}
