package dev.jsbx.netstack.tcp;

import dev.jsbx.netstack.wire.TcpOptions;
import java.lang.foreign.MemorySegment;

/**
 * What a receiver reports of data above a gap: the block changed last comes first (RFC 2018 §4),
 * ahead of it once a duplicate that just came (RFC 2883).
 */
final class SackBlocks {
    private final int[] left = new int[TcpOptions.MAX_SACK_BLOCKS];
    private final int[] right = new int[TcpOptions.MAX_SACK_BLOCKS];
    private int count;
    private boolean duplicate;
    private int duplicateLeft;
    private int duplicateRight;

    /** A block has come into being or has grown; it swallows those that it covers. */
    void changed(int l, int r) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (SeqNum.lt(left[i], l) || SeqNum.gt(right[i], r)) {
                left[kept] = left[i];
                right[kept++] = right[i];
            }
        }
        count = Math.min(kept + 1, left.length);
        for (int i = count - 1; i > 0; i--) {
            left[i] = left[i - 1];
            right[i] = right[i - 1];
        }
        left[0] = l;
        right[0] = r;
    }

    /** These bytes came although they had come before. */
    void duplicate(int l, int r) {
        duplicate = true;
        duplicateLeft = l;
        duplicateRight = r;
    }

    /** Everything below {@code nxt} is acknowledged in sequence now. */
    void advance(int nxt) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (SeqNum.gt(left[i], nxt)) {
                left[kept] = left[i];
                right[kept++] = right[i];
            }
        }
        count = kept;
    }

    boolean isEmpty() {
        return count == 0 && !duplicate;
    }

    /**
     * Writes the option, if there is anything to report.
     *
     * @param room the most blocks that fit
     * @return the offset behind what was written
     */
    long write(MemorySegment m, long at, int room) {
        if (isEmpty()) {
            return at;
        }
        int first = duplicate ? 1 : 0;
        int blocks = Math.min(count, room - first);
        long end = TcpOptions.putSackHead(m, at, blocks + first);
        if (duplicate) {
            end = TcpOptions.putSackBlock(m, end, duplicateLeft, duplicateRight);
        }
        for (int i = 0; i < blocks; i++) {
            end = TcpOptions.putSackBlock(m, end, left[i], right[i]);
        }
        return end;
    }

    /** The duplicate has been reported; once is enough. */
    void reported() {
        duplicate = false;
    }
}
