package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** RFC 9293 §3.4: order on a circle. */
class SeqNumTest {
    @Property
    void aheadIsAhead(@ForAll int a, @ForAll @IntRange(min = 1) int step) {
        int b = a + step;
        assertThat(SeqNum.lt(a, b)).isTrue();
        assertThat(SeqNum.gt(b, a)).isTrue();
        assertThat(SeqNum.leq(b, a)).isFalse();
        assertThat(SeqNum.max(a, b)).isEqualTo(b);
        assertThat(SeqNum.min(a, b)).isEqualTo(a);
    }

    @Property
    void withinAWindow(
            @ForAll int start, @ForAll @IntRange(max = 1 << 30) int n, @ForAll int offset) {
        boolean inside = Integer.compareUnsigned(offset, n) < 0;
        assertThat(SeqNum.within(start + offset, start, n)).isEqualTo(inside);
    }
}
