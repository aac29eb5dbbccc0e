package dev.jsbx.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.vmm.memory.BadGuestAddress;
import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.GuestRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each way to break a rule of the ring: the queue stops, says why once, and throws nothing. */
class HostileRingTest {
    private static final int SIZE = 8;
    private static final long MEMORY = 1 << 20;

    private final MockMemory memory = new MockMemory(MEMORY);
    private final MockQueue driver = new MockQueue(memory, SIZE);
    private final DescriptorChain chain = new DescriptorChain();
    private final List<String> broken = new ArrayList<>();
    private final VirtQueue queue =
            new VirtQueue(
                    memory.guest(),
                    driver.rings(),
                    RingFeatures.OFFERED,
                    QueueState.FRESH,
                    broken::add);

    @AfterEach
    void free() {
        memory.close();
    }

    private void assertBroken(String reason) {
        assertThat(queue.pop(chain)).isFalse();
        assertThat(broken).singleElement().asString().contains(reason);
        assertThat(queue.isBroken()).isTrue();
        assertThat(queue.pop(chain)).isFalse();
        assertThat(queue.enableNotifications()).isFalse();
        assertThat(queue.needsSignal()).isFalse();
        assertThat(broken).hasSize(1);
    }

    @Test
    void availableIndexTooFarAhead() {
        driver.availableIndex(SIZE + 1);
        assertBroken("9 ahead of 0");
    }

    @Test
    void headOutsideTheTable() {
        driver.offer(SIZE);
        assertBroken("descriptor 8 of 8");
    }

    @Test
    void nextOutsideTheTable() {
        driver.descriptor(0, 0, 1, MockQueue.NEXT, 0xffff);
        driver.offer(0);
        assertBroken("descriptor 65535 of 8");
    }

    @Test
    void chainInCircles() {
        driver.descriptor(0, 0, 1, MockQueue.NEXT, 1);
        driver.descriptor(1, 0, 1, MockQueue.NEXT, 0);
        driver.offer(0);
        assertBroken("more than 8 descriptors");
    }

    @Test
    void tableInCircles() {
        indirect(4, MockQueue.NEXT, 0);
        assertBroken("more than 4 descriptors");
    }

    @Test
    void memoryThatIsNotThere() {
        driver.descriptor(0, MEMORY - 1, 2, 0, 0);
        driver.offer(0);
        assertBroken("guest memory 0x100000");
    }

    @Test
    void addressThatOverflows() {
        driver.descriptor(0, -1, -1, MockQueue.WRITE, 0);
        driver.offer(0);
        assertBroken("guest memory 0xffffffffffffffff");
    }

    @Test
    void readableAfterWritable() {
        driver.descriptor(0, 0, 1, MockQueue.WRITE | MockQueue.NEXT, 1);
        driver.descriptor(1, 0, 1, 0, 0);
        driver.offer(0);
        assertBroken("readable descriptor after a writable one");
    }

    @Test
    void tableInATable() {
        indirect(1, MockQueue.INDIRECT, 0);
        assertBroken("in a table");
    }

    @Test
    void tableWithAnotherDescriptorAfterIt() {
        driver.descriptor(0, 0, 16, MockQueue.INDIRECT | MockQueue.NEXT, 1);
        driver.offer(0);
        assertBroken("another after it");
    }

    @Test
    void tableOfOddLength() {
        driver.descriptor(0, 0, 17, MockQueue.INDIRECT, 0);
        driver.offer(0);
        assertBroken("table of 17 bytes");
    }

    @Test
    void emptyTable() {
        driver.descriptor(0, 0, 0, MockQueue.INDIRECT, 0);
        driver.offer(0);
        assertBroken("table of 0 bytes");
    }

    @Test
    void tableOutsideMemory() {
        driver.descriptor(0, MEMORY - 16, 32, MockQueue.INDIRECT, 0);
        driver.offer(0);
        assertBroken("guest memory");
    }

    @Test
    void tableThatWasNotNegotiated() {
        VirtQueue plain =
                new VirtQueue(
                        memory.guest(),
                        driver.rings(),
                        RingFeatures.VIRTIO_F_VERSION_1,
                        QueueState.FRESH,
                        broken::add);
        driver.addIndirect(memory.writable(1));
        assertThat(plain.pop(chain)).isFalse();
        assertThat(broken).singleElement().asString().contains("not negotiated");
    }

    @Test
    void hugeTableEndsAtTheCap() {
        int entries = 2048;
        long table = memory.allocate(16L * entries, 16);
        for (int i = 0; i < entries; i++) {
            MockQueue.raw(
                    memory.at(table, 16L * entries), i, 0, 1, i == entries - 1 ? 0 : 1, i + 1);
        }
        driver.descriptor(0, table, 16 * entries, MockQueue.INDIRECT, 0);
        driver.offer(0);
        assertBroken("more than 1024 descriptors");
    }

    @Test
    void emptyDescriptorsAreNothing() {
        driver.descriptor(0, -1, 0, MockQueue.NEXT, 1);
        driver.descriptor(1, 0, 5, MockQueue.WRITE, 0);
        driver.offer(0);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.readable().isEmpty()).isTrue();
        assertThat(chain.writable().length()).isEqualTo(5);
    }

    @Test
    void buffersMaySpanRegionsThatAdjoin() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment low = memory.at(0, MEMORY);
            MemorySegment high = arena.allocate(4096);
            GuestMemory two =
                    GuestMemory.of(
                            List.of(
                                    new GuestRegion(0, low, -1, 0),
                                    new GuestRegion(MEMORY, high, -1, 0)),
                            List.of());
            VirtQueue spanning =
                    new VirtQueue(
                            two,
                            driver.rings(),
                            RingFeatures.OFFERED,
                            QueueState.FRESH,
                            broken::add);
            driver.descriptor(0, MEMORY - 3, 8, MockQueue.WRITE, 0);
            driver.offer(0);
            assertThat(spanning.pop(chain)).isTrue();
            chain.writable().setLong(0, 0x0807060504030201L);
            assertThat(low.get(java.lang.foreign.ValueLayout.JAVA_BYTE, MEMORY - 1))
                    .isEqualTo((byte) 3);
            assertThat(high.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 4)).isEqualTo((byte) 8);
        }
    }

    @Test
    void ringsOutsideMemoryAreRefused() {
        SplitRings outside = new SplitRings(SIZE, MEMORY - 16, 0, 0);
        assertThatThrownBy(
                        () ->
                                new VirtQueue(
                                        memory.guest(), outside, 0, QueueState.FRESH, broken::add))
                .isInstanceOf(BadGuestAddress.class);
        assertThatThrownBy(() -> new SplitRings(3, 0, 0, 0)).hasMessageContaining("size 3");
        assertThatThrownBy(() -> new SplitRings(8, 8, 0, 0)).hasMessageContaining("misaligned");
        assertThatThrownBy(() -> new SplitRings(1 << 16, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void indirect(int entries, int flags, int next) {
        long table = memory.allocate(16L * entries, 16);
        MemorySegment segment = memory.at(table, 16L * entries);
        for (int i = 0; i < entries; i++) {
            MockQueue.raw(segment, i, 0, 16, flags, next);
        }
        driver.descriptor(0, table, 16 * entries, MockQueue.INDIRECT, 0);
        driver.offer(0);
    }
}
