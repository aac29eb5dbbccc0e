package dev.jsbx.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
    private static final long GIB = 1L << 30;

    @Test
    void smallMemoryIsOneRegionAtZero() {
        try (GuestMemory memory = GuestMemory.allocate(256L << 20, true)) {
            assertThat(memory.regions()).hasSize(1);
            memory.slice(0x1000, 8).set(ValueLayout.JAVA_LONG, 0, 5);
            assertThat(memory.slice(0x1000, 8).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(5);
            assertThat(memory.address(0x1000, 8)).isEqualTo(memory.slice(0x1000, 8).address());
        }
    }

    @Test
    void memoryAboveThreeGibContinuesBehindTheHole() {
        try (GuestMemory memory = GuestMemory.allocate(6 * GIB, false)) {
            assertThat(memory.size()).isEqualTo(6 * GIB);
            assertThat(memory.regions()).extracting(GuestRegion::gpa).containsExactly(0L, 4 * GIB);
            assertThat(memory.contains(7 * GIB - 8, 8)).isTrue();
            assertThat(memory.contains(3 * GIB, 1)).isFalse();
            assertThat(memory.contains(3 * GIB - 4, 8)).isFalse();
            assertThat(memory.regions().get(1).fileOffset()).isEqualTo(3 * GIB);
        }
    }

    @Test
    void rangesThatLeaveMemoryOrOverflowAreRefused() {
        try (GuestMemory memory = GuestMemory.allocate(2L << 20, false)) {
            long[][] bad = {
                {0, (2L << 20) + 1},
                {2L << 20, 1},
                {-8, 8},
                {8, -1},
                {Long.MAX_VALUE, 8},
                {8, Long.MAX_VALUE},
                {Long.MIN_VALUE, 1}
            };
            for (long[] range : bad) {
                assertThatExceptionOfType(BadGuestAddress.class)
                        .isThrownBy(() -> memory.slice(range[0], range[1]));
                assertThatExceptionOfType(BadGuestAddress.class)
                        .isThrownBy(() -> memory.address(range[0], range[1]));
            }
            assertThat(memory.slice(2L << 20, 0).byteSize()).isZero();
        }
    }
}
