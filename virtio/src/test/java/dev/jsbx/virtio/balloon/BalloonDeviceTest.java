package dev.jsbx.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockTransport;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.Mapping;
import dev.jsbx.vmm.linux.MemFd;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BalloonDeviceTest {
    private static final long BYTES = 8 << 20;
    private static final long MIB = 1 << 20;
    private static final byte DIRTY = 0x5a;

    private final Fd file = MemFd.create("balloon-test", BYTES);
    private final Mapping mapping = Mapping.shared(file, 0, BYTES);
    private final MockMemory memory = new MockMemory(mapping.segment());
    private final BalloonDevice device = new BalloonDevice();
    private final MockTransport driver = new MockTransport(device, memory);

    @AfterEach
    void close() {
        driver.close();
        mapping.close();
        file.close();
    }

    private long allocated() {
        return Files.allocated(Path.of("/proc/self/fd/" + file.number()));
    }

    private void dirty(long gpa, long length) {
        memory.at(gpa, length).fill(DIRTY);
    }

    private byte at(long gpa) {
        return memory.at(gpa, 1).get(ValueLayout.JAVA_BYTE, 0);
    }

    private MockBuffer pages(long gpa, long length) {
        return new MockBuffer(gpa, memory.at(gpa, length), true);
    }

    @Test
    void reportedPagesGoBackToTheHost() {
        dirty(2 * MIB, 4 * MIB);
        long before = allocated();
        driver.activate();
        driver.queue(BalloonDevice.REPORTING).add(pages(2 * MIB, MIB), pages(4 * MIB, MIB));
        driver.kick(BalloonDevice.REPORTING);
        assertThat(driver.awaitUsed(BalloonDevice.REPORTING).written()).isZero();
        // But for the pages that the rings have taken meanwhile.
        assertThat(before - allocated()).isBetween(2 * MIB - 64 * 1024, 2 * MIB);
        assertThat(device.released()).isEqualTo(2 * MIB);
        assertThat(at(2 * MIB)).isZero();
        assertThat(at(3 * MIB)).isEqualTo(DIRTY);
        assertThat(at(5 * MIB - 1)).isZero();
        assertThat(at(5 * MIB)).isEqualTo(DIRTY);
    }

    @Test
    void partsOfPagesStay() {
        dirty(2 * MIB, MIB);
        driver.activate();
        driver.queue(BalloonDevice.REPORTING).add(pages(2 * MIB + 1, 2 * 4096));
        driver.queue(BalloonDevice.REPORTING).add(pages(2 * MIB + 100, 50));
        driver.kick(BalloonDevice.REPORTING);
        driver.awaitUsed(BalloonDevice.REPORTING);
        driver.awaitUsed(BalloonDevice.REPORTING);
        assertThat(device.released()).isEqualTo(4096);
        assertThat(at(2 * MIB + 4095)).isEqualTo(DIRTY);
        assertThat(at(2 * MIB + 4096)).isZero();
        assertThat(at(2 * MIB + 8192)).isEqualTo(DIRTY);
    }

    @Test
    void inflatingTakesTheNamedPagesAndNoOthers() {
        dirty(4 * MIB, MIB);
        int page = (int) (4 * MIB >> 12);
        int outside = (int) (BYTES >> 12);
        driver.activate();
        driver.queue(BalloonDevice.INFLATE)
                .add(pfns(page, page + 1, page + 5, outside, -1, outside - 1, outside));
        driver.kick(BalloonDevice.INFLATE);
        driver.awaitUsed(BalloonDevice.INFLATE);
        assertThat(at(4 * MIB)).isZero();
        assertThat(at(4 * MIB + 4096)).isZero();
        assertThat(at(4 * MIB + 2 * 4096)).isEqualTo(DIRTY);
        assertThat(at(4 * MIB + 5 * 4096)).isZero();
        // The last two are one run, of which a part lies outside.
        assertThat(device.released()).isEqualTo(3 * 4096);
        assertThat(driver.needsReset()).isNull();
    }

    @Test
    void deflatingNeedsNothing() {
        driver.activate();
        driver.queue(BalloonDevice.DEFLATE).add(pfns(1, 2, 3));
        driver.kick(BalloonDevice.DEFLATE);
        assertThat(driver.awaitUsed(BalloonDevice.DEFLATE).written()).isZero();
    }

    private MockBuffer pfns(int... pages) {
        ByteBuffer bytes =
                ByteBuffer.allocate(pages.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int page : pages) {
            bytes.putInt(page);
        }
        return memory.readable(bytes.array());
    }
}
