package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.wire.Addresses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks of addresses, found by an address in them. Blocks nest and never cross, so they cut the
 * address space into ranges, each of which has one smallest block around it: a lookup is a binary
 * search among the ranges' beginnings, and each block knows the next greater one. It allocates
 * nothing.
 *
 * @param <V> what is known of a block
 */
final class AddressBlocks<V> {
    private static final Comparator<Ip> ORDER =
            (a, b) -> compare(a.high(), a.low(), b.high(), b.low());

    /** A block and what is known of it. */
    static final class Block<V> {
        private final Cidr cidr;
        private final V value;
        private Block<V> around;

        private Block(Cidr cidr, V value) {
            this.cidr = cidr;
            this.value = value;
        }

        V value() {
            return value;
        }

        /** The next greater block, or null. */
        Block<V> around() {
            return around;
        }
    }

    // ::/0 is no block around IPv4 addresses, whose mapped form it contains.
    private final Table<V> ipv4;
    private final Table<V> ipv6;

    AddressBlocks(Map<Cidr, V> values) {
        List<Block<V>> blocks = new ArrayList<>();
        values.forEach((cidr, value) -> blocks.add(new Block<>(cidr, value)));
        // What is greater comes before what it contains.
        blocks.sort(
                Comparator.comparing((Block<V> b) -> b.cidr.network(), ORDER)
                        .thenComparing(b -> b.cidr.bits()));
        ipv4 = new Table<>(blocks.stream().filter(b -> b.cidr.network().isIpv4()).toList());
        ipv6 = new Table<>(blocks.stream().filter(b -> !b.cidr.network().isIpv4()).toList());
    }

    /** The smallest block around an address, or null. */
    Block<V> smallest(long high, long low) {
        return (Addresses.isIpv4(high, low) ? ipv4 : ipv6).find(high, low);
    }

    private static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }

    /** The ranges of one version of IP. */
    private static final class Table<V> {
        // Where each range begins, in ascending order.
        private final long[] high;
        private final long[] low;
        private final List<Block<V>> smallest = new ArrayList<>();

        Table(List<Block<V>> blocks) {
            Map<Ip, Block<V>> ranges = new HashMap<>();
            Deque<Block<V>> open = new ArrayDeque<>();
            for (Block<V> block : blocks) {
                closeBefore(block.cidr.network(), open, ranges);
                block.around = open.peek();
                open.push(block);
                ranges.put(block.cidr.network(), block);
            }
            closeBefore(null, open, ranges);
            List<Ip> starts = ranges.keySet().stream().sorted(ORDER).toList();
            high = starts.stream().mapToLong(Ip::high).toArray();
            low = starts.stream().mapToLong(Ip::low).toArray();
            starts.forEach(start -> smallest.add(ranges.get(start)));
        }

        /** Behind a block's last address its surroundings go on. */
        private static <V> void closeBefore(
                Ip next, Deque<Block<V>> open, Map<Ip, Block<V>> ranges) {
            while (!open.isEmpty()
                    && (next == null || !open.peek().cidr.contains(next.high(), next.low()))) {
                Ip last = open.pop().cidr.last();
                Ip behind = new Ip(last.high() + (last.low() == -1 ? 1 : 0), last.low() + 1);
                if (behind.high() != 0 || behind.low() != 0) {
                    ranges.put(behind, open.peek());
                }
            }
        }

        Block<V> find(long addressHigh, long addressLow) {
            int from = 0;
            int to = high.length - 1;
            while (from <= to) {
                int middle = (from + to) >>> 1;
                if (compare(high[middle], low[middle], addressHigh, addressLow) <= 0) {
                    from = middle + 1;
                } else {
                    to = middle - 1;
                }
            }
            return to < 0 ? null : smallest.get(to);
        }
    }
}
