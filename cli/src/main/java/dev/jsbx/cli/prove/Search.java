package dev.jsbx.cli.prove;

import java.util.Arrays;
import java.util.List;

/**
 * Looks for several byte strings at once (Wu and Manber, 1994): two bytes at the end of a window as
 * long as the shortest one tell how far to go on, mostly by nearly the window's length.
 */
final class Search {
    private static final int PAIRS = 1 << 16;

    private final List<Needle> needles;
    private final int window;
    private final int[] shifts = new int[PAIRS];
    private final int[][] candidates = new int[PAIRS][];
    private final int longest;

    /** Told of what was found. */
    interface Found {
        void at(int position, Needle needle);
    }

    Search(List<Needle> needles) {
        this.needles = List.copyOf(needles);
        window = needles.stream().mapToInt(n -> n.bytes().length).min().orElseThrow();
        longest = needles.stream().mapToInt(n -> n.bytes().length).max().orElseThrow();
        Arrays.fill(shifts, window - 1);
        for (int n = 0; n < needles.size(); n++) {
            byte[] bytes = needles.get(n).bytes();
            for (int end = 1; end < window; end++) {
                int pair = pair(bytes, end);
                shifts[pair] = Math.min(shifts[pair], window - 1 - end);
            }
            int last = pair(bytes, window - 1);
            int[] old = candidates[last] == null ? new int[0] : candidates[last];
            candidates[last] = Arrays.copyOf(old, old.length + 1);
            candidates[last][old.length] = n;
        }
    }

    private static int pair(byte[] bytes, int end) {
        return (bytes[end - 1] & 0xff) << 8 | bytes[end] & 0xff;
    }

    /** Bytes that a reader of windows has to keep from one for the next. */
    int overlap() {
        return longest - 1;
    }

    /**
     * Searches.
     *
     * @param length of what is in the buffer, from its beginning
     */
    void in(byte[] buffer, int length, Found found) {
        int end = window - 1;
        while (end < length) {
            int pair = pair(buffer, end);
            int shift = shifts[pair];
            if (shift > 0) {
                end += shift;
                continue;
            }
            int start = end - window + 1;
            for (int n : candidates[pair]) {
                byte[] bytes = needles.get(n).bytes();
                if (start + bytes.length <= length
                        && Arrays.equals(
                                bytes, 0, bytes.length, buffer, start, start + bytes.length)) {
                    found.at(start, needles.get(n));
                }
            }
            end++;
        }
    }

    /**
     * Looks around the edge of a page, of which the next one in this buffer need not be the next
     * one for its guest: for half of a needle, or more, that ends there or begins there.
     *
     * @param edge where one page ends and another begins
     * @param length of what is in the buffer
     */
    void atEdge(byte[] buffer, int edge, int length, Found found) {
        for (Needle needle : needles) {
            byte[] bytes = needle.bytes();
            int half = Math.max(Needles.SHORTEST, (bytes.length + 1) / 2);
            for (int n = half; n < bytes.length; n++) {
                if (edge >= n && Arrays.equals(bytes, 0, n, buffer, edge - n, edge)) {
                    found.at(edge - n, needle);
                }
                int rest = bytes.length - n;
                if (edge + n <= length
                        && Arrays.equals(bytes, rest, bytes.length, buffer, edge, edge + n)) {
                    found.at(edge, needle);
                }
            }
        }
    }
}
