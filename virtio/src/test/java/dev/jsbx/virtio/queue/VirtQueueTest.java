package dev.jsbx.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VirtQueueTest {
    private static final int SIZE = 8;

    private final MockMemory memory = new MockMemory(1 << 20);
    private final MockQueue driver = new MockQueue(memory, SIZE);
    private final DescriptorChain chain = new DescriptorChain();
    private final List<String> broken = new ArrayList<>();

    @AfterEach
    void free() {
        memory.close();
    }

    private VirtQueue queue(long features) {
        return new VirtQueue(
                memory.guest(), driver.rings(), features, QueueState.FRESH, broken::add);
    }

    private VirtQueue plain() {
        return queue(RingFeatures.VIRTIO_F_VERSION_1 | RingFeatures.VIRTIO_F_INDIRECT_DESC);
    }

    private VirtQueue eventIndex() {
        return queue(RingFeatures.OFFERED);
    }

    @Test
    void popsWhatWasAddedAndPushesItBack() {
        VirtQueue queue = plain();
        MockBuffer request = memory.readable((byte) 1, (byte) 2, (byte) 3, (byte) 4);
        MockBuffer answer = memory.writable(16);
        int head = driver.add(request, answer);

        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.readable().length()).isEqualTo(4);
        assertThat(chain.readable().getInt(0)).isEqualTo(0x04030201);
        assertThat(chain.writable().length()).isEqualTo(16);
        chain.writable().setLong(8, 0x1122334455667788L);
        queue.push(chain, 16);

        assertThat(driver.takeUsed()).isEqualTo(new MockQueue.Used(head, 16));
        assertThat(answer.bytes()).startsWith(new byte[8]).endsWith(0x44, 0x33, 0x22, 0x11);
        assertThat(queue.pop(chain)).isFalse();
        assertThat(broken).isEmpty();
    }

    @Test
    void followsIndirectTablesAlsoAfterOrdinaryDescriptors() {
        VirtQueue queue = plain();
        MockBuffer request = memory.readable(new byte[] {9, 8, 7});
        driver.addIndirect(request, memory.writable(5), memory.writable(6));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.readable().length()).isEqualTo(3);
        assertThat(chain.writable().length()).isEqualTo(11);

        long table = memory.allocate(16, 16);
        MockQueue.raw(memory.at(table, 16), 0, memory.allocate(7, 1), 7, MockQueue.WRITE, 0);
        driver.descriptor(4, request.gpa(), 3, MockQueue.NEXT, 5);
        driver.descriptor(5, table, 16, MockQueue.INDIRECT, 0);
        driver.offer(4);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.readable().length()).isEqualTo(3);
        assertThat(chain.writable().length()).isEqualTo(7);
    }

    @Test
    void hidesHowTheBytesAreCut() {
        VirtQueue queue = plain();
        byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        MockBuffer answer = memory.writable(10);
        List<MockBuffer> pieces = new ArrayList<>();
        pieces.addAll(List.of(MockQueue.cut(memory.readable(bytes), 3)));
        pieces.addAll(List.of(MockQueue.cut(answer, 1)));
        driver.addIndirect(pieces.toArray(MockBuffer[]::new));
        assertThat(queue.pop(chain)).isTrue();

        ReadableBuffers in = chain.readable();
        assertThat(in.getByte(9)).isEqualTo((byte) 10);
        assertThat(in.getShort(2)).isEqualTo((short) 0x0403);
        assertThat(in.getInt(1)).isEqualTo(0x05040302);
        assertThat(in.getLong(2)).isEqualTo(0x0a09080706050403L);
        WritableBuffers out = chain.writable();
        out.setShort(0, (short) 0x0201);
        out.setInt(2, 0x06050403);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(10);
            in.copyTo(1, copy, 2, 7);
            assertThat(copy.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                    .containsExactly(0, 0, 2, 3, 4, 5, 6, 7, 8, 0);
            out.copyFrom(6, copy, 7, 2);
        }
        out.zero(8, 2);
        assertThat(answer.bytes()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 0, 0);
        assertThat(in.iovecs(1, 7)).isEqualTo(3);
        assertThat(in.iovecs(3, 3)).isEqualTo(1);
        assertThat(in.iovecs(10, 0)).isZero();
        assertThat(out.iovecs(0, 10)).isEqualTo(10);
    }

    @Test
    void goesRoundAndRound() {
        VirtQueue queue = plain();
        MockBuffer request = memory.readable(new byte[4]);
        for (int i = 0; i < 70_000; i++) {
            int head = driver.add(request, request);
            assertThat(queue.pop(chain)).isTrue();
            queue.push(chain, i);
            assertThat(driver.takeUsed()).isEqualTo(new MockQueue.Used(head, i));
        }
        assertThat(queue.state()).isEqualTo(new QueueState(70_000 & 0xffff, 70_000 & 0xffff));
    }

    @Test
    void rewindsChainsThatFoundNoUse() {
        VirtQueue queue = plain();
        int first = driver.add(memory.writable(1));
        int second = driver.add(memory.writable(1));
        queue.pop(chain);
        queue.pop(chain);
        queue.rewind(2);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(first);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(second);
        assertThat(queue.pop(chain)).isFalse();
    }

    @Test
    void stagedChainsAppearTogether() {
        VirtQueue queue = plain();
        driver.add(memory.writable(1));
        driver.add(memory.writable(1));
        queue.pop(chain);
        queue.stage(chain.head(), 1);
        queue.pop(chain);
        queue.stage(chain.head(), 1);
        assertThat(driver.usedIndex()).isZero();
        queue.publish();
        assertThat(driver.usedIndex()).isEqualTo(2);
    }

    @Test
    void signalsUnlessTheDriverDeclines() {
        VirtQueue queue = plain();
        assertThat(queue.needsSignal()).isFalse();
        use(queue);
        assertThat(queue.needsSignal()).isTrue();
        assertThat(queue.needsSignal()).isFalse();
        driver.noInterrupt(true);
        use(queue);
        assertThat(queue.needsSignal()).isFalse();
    }

    @Test
    void signalsAtTheEventIndexOnly() {
        VirtQueue queue = eventIndex();
        driver.usedEvent(0);
        use(queue);
        assertThat(queue.needsSignal()).isTrue();
        driver.usedEvent(3);
        use(queue);
        use(queue);
        assertThat(queue.needsSignal()).isFalse();
        use(queue);
        assertThat(queue.needsSignal()).isTrue();
        use(queue);
        assertThat(queue.needsSignal()).as("already passed").isFalse();
    }

    @Test
    void asksForKicksOnlyWhenIdle() {
        VirtQueue flags = plain();
        flags.disableNotifications();
        assertThat(driver.noNotify()).isTrue();
        assertThat(flags.enableNotifications()).isFalse();
        assertThat(driver.noNotify()).isFalse();
        driver.add(memory.writable(1));
        assertThat(flags.enableNotifications()).as("added meanwhile").isTrue();
    }

    @Test
    void namesTheNextIndexAsItsEvent() {
        VirtQueue queue = eventIndex();
        use(queue);
        use(queue);
        assertThat(queue.enableNotifications()).isFalse();
        assertThat(driver.availableEvent()).isEqualTo(2);
    }

    private void use(VirtQueue queue) {
        driver.add(memory.writable(1));
        assertThat(queue.pop(chain)).isTrue();
        queue.push(chain, 1);
        driver.takeUsed();
    }
}
