package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.wire.Addresses;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The smallest block around an address, held against looking at all of them. */
class AddressBlocksTest {
    // Few bits, so that blocks nest and touch.
    private static final long[] HALVES = {0, 1, 2, 3, -1, -2, 1L << 63, 0x2001L << 48};

    @Provide
    Arbitrary<Ip> addresses() {
        Arbitrary<Long> half = Arbitraries.of(Arrays.stream(HALVES).boxed().toList());
        Arbitrary<Ip> ipv6 = Combinators.combine(half, half).as(Ip::new);
        return Arbitraries.oneOf(ipv6, half.map(h -> ipv4((int) (h >>> 32 | h))));
    }

    private static Ip ipv4(int bits) {
        return new Ip(0, Addresses.mapped(bits));
    }

    @Provide
    Arbitrary<Cidr> blocks() {
        return Combinators.combine(addresses(), Arbitraries.integers().between(0, 128))
                .as((ip, length) -> Cidr.around(ip, ip.isIpv4() ? length / 4 : length));
    }

    @Property
    void smallestAround(
            @ForAll("blocks") Cidr first,
            @ForAll @Size(max = 40) List<@From("blocks") Cidr> more,
            @ForAll @Size(max = 20) List<@From("addresses") Ip> asked) {
        Map<Cidr, Cidr> all = new HashMap<>();
        all.put(first, first);
        more.forEach(block -> all.put(block, block));
        AddressBlocks<Cidr> blocks = new AddressBlocks<>(all);
        asked.forEach(ip -> check(all, blocks, ip));
        check(all, blocks, first.network());
        check(all, blocks, first.last());
        check(all, blocks, new Ip(first.last().high(), first.last().low() + 1));
    }

    private static void check(Map<Cidr, Cidr> all, AddressBlocks<Cidr> blocks, Ip ip) {
        List<Cidr> around =
                all.keySet().stream()
                        .filter(block -> block.contains(ip.high(), ip.low()))
                        .sorted(Comparator.comparing(Cidr::bits).reversed())
                        .toList();
        AddressBlocks.Block<Cidr> block = blocks.smallest(ip.high(), ip.low());
        for (Cidr expected : around) {
            assertThat(block.value()).as("around " + ip).isEqualTo(expected);
            block = block.around();
        }
        assertThat(block).isNull();
    }

    @Example
    void nothing() {
        assertThat(new AddressBlocks<>(Map.of()).smallest(0, 1)).isNull();
    }
}
