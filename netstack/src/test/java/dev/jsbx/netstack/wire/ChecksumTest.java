package dev.jsbx.netstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** RFC 1071, against the plainest way of doing it. */
class ChecksumTest {
    private static int plain(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            int value = bytes[i] & 0xff;
            sum += (i - from & 1) == 0 ? value << 8 : value;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    @Property
    void anyBytesAtAnyPlace(
            @ForAll @Size(max = 3000) byte[] bytes, @ForAll @IntRange(max = 16) int skip) {
        int from = Math.min(skip, bytes.length);
        MemorySegment m = MemorySegment.ofArray(bytes);
        assertThat(Checksum.sum(m, from, bytes.length - from))
                .isEqualTo(plain(bytes, from, bytes.length));
    }

    @Property
    void piecesJoin(
            @ForAll @Size(min = 2, max = 200) byte[] bytes,
            @ForAll @IntRange(max = 200) int where) {
        int cut = where % bytes.length;
        MemorySegment m = MemorySegment.ofArray(bytes);
        int second = Checksum.sum(m, cut, bytes.length - cut);
        int joined =
                Checksum.add(
                        Checksum.sum(m, 0, cut), (cut & 1) == 0 ? second : Checksum.swap(second));
        assertThat(joined).isEqualTo(plain(bytes, 0, bytes.length));
    }

    @Property
    void updateIsAsGoodAsAnew(@ForAll @Size(20) byte[] bytes, @ForAll short word) {
        MemorySegment m = MemorySegment.ofArray(bytes);
        int before = Checksum.finish(Checksum.sum(m, 0, 20));
        int old = Bytes.u16(m, 4);
        Bytes.put16(m, 4, word);
        int after = Checksum.finish(Checksum.sum(m, 0, 20));
        int updated = Checksum.update(before, old, word & 0xffff);
        // One's complement has two zeros.
        assertThat(updated % 0xffff).isEqualTo(after % 0xffff);
    }

    @Example
    void rfc1071Example() {
        byte[] bytes = {0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
        assertThat(Checksum.sum(MemorySegment.ofArray(bytes), 0, 8)).isEqualTo(0xddf2);
    }
}
