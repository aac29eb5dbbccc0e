package dev.jsbx.netstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.netstack.link.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Segments in any order, overlapping in any way: the bytes come out once, in order. */
class ReassemblyTest {
    private static final int N = 400;

    private final byte[] stream = new byte[N];
    private final Frame frame = new Frame();

    ReassemblyTest() {
        for (int i = 0; i < N; i++) {
            stream[i] = SegmentText.payload(i);
        }
        frame.set(MemorySegment.ofArray(stream), 0, N);
    }

    @Property
    void anyOrder(@ForAll int isn, @ForAll @Size(max = 40) int[] pieces) {
        Reassembly r = new Reassembly(ByteBufAllocator.DEFAULT);
        BitSet have = new BitSet();
        for (int any : pieces) {
            int piece = Math.floorMod(any, N * N);
            int from = piece / N;
            int length = Math.max(1, Math.min(piece % N, N - from));
            r.insert(frame, from, isn + from, length);
            have.set(from, from + length);
            assertThat(r.bytes()).isEqualTo(have.cardinality());
            int left = r.leftOf(isn + from) - isn;
            int right = r.rightOf(isn + from) - isn;
            assertThat(left).isEqualTo(have.previousClearBit(from) + 1);
            assertThat(right).isEqualTo(have.nextClearBit(from));
        }
        int at = have.nextSetBit(0);
        while (at >= 0) {
            int end = have.nextClearBit(at);
            for (ByteBuf b = r.poll(isn + at); b != null && at < end; ) {
                while (b.isReadable()) {
                    assertThat(b.readByte()).isEqualTo(stream[at++]);
                }
                b.release();
                b = at < end ? r.poll(isn + at) : null;
            }
            assertThat(at).isEqualTo(end);
            at = have.nextSetBit(end);
        }
        assertThat(r.isEmpty()).isTrue();
        assertThat(r.bytes()).isZero();
    }

    @Example
    void partsAreBounded() {
        Reassembly r = new Reassembly(ByteBufAllocator.DEFAULT);
        for (int i = 0; i < 5000; i++) {
            r.insert(frame, 0, i * 2, 1);
        }
        assertThat(r.bytes()).isEqualTo(1024);
        r.clear();
    }
}
