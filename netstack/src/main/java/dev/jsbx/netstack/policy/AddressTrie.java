package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.wire.Addresses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A binary trie of address blocks: one node per bit of prefix, one root per IP version. A walk is
 * at most 32 or 128 steps over two int arrays and allocates nothing.
 *
 * @param <V> what is known of a block
 */
final class AddressTrie<V> {
    private static final int ROOT_V4 = 0;
    private static final int ROOT_V6 = 1;
    private static final int MAPPED_PREFIX = 96;
    private static final int NONE = -1;

    private int[] children = {NONE, NONE, NONE, NONE};
    private int nodes = 2;
    private final List<V> values = new ArrayList<>(Arrays.asList(null, null));

    /** A walk's first node. */
    static int root(long high, long low) {
        return Addresses.isIpv4(high, low) ? ROOT_V4 : ROOT_V6;
    }

    /** The number of the first bit that a walk from the root looks at. */
    static int firstBit(int root) {
        return root == ROOT_V4 ? MAPPED_PREFIX : 0;
    }

    /** The next node of a walk; negative if the trie ends here. */
    int next(int node, long high, long low, int bit) {
        return children[2 * node + bit(high, low, bit)];
    }

    /** What is known of the block that a node stands for, or null. */
    V value(int node) {
        return values.get(node);
    }

    /** What is known of the smallest known block around an address, or null. */
    V longest(long high, long low) {
        V best = null;
        int node = root(high, low);
        for (int bit = firstBit(node); node >= 0; bit++) {
            V value = value(node);
            best = value == null ? best : value;
            node = bit < 128 ? next(node, high, low, bit) : NONE;
        }
        return best;
    }

    /** What is known of exactly this block, or null. */
    V get(Cidr block) {
        return value(nodeFor(block));
    }

    /** While building only. */
    void put(Cidr block, V value) {
        values.set(nodeFor(block), value);
    }

    private int nodeFor(Cidr block) {
        long high = block.network().high();
        long low = block.network().low();
        int node = root(high, low);
        for (int bit = firstBit(node); bit < block.bits(); bit++) {
            int next = next(node, high, low, bit);
            if (next < 0) {
                next = nodes++;
                if (2 * nodes > children.length) {
                    int used = children.length;
                    children = Arrays.copyOf(children, 2 * used);
                    Arrays.fill(children, used, children.length, NONE);
                }
                values.add(null);
                children[2 * node + bit(high, low, bit)] = next;
            }
            node = next;
        }
        return node;
    }

    private static int bit(long high, long low, int bit) {
        return (int) ((bit < 64 ? high : low) >>> (63 - (bit & 63))) & 1;
    }
}
