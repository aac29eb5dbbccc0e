package dev.jsbx.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RngDeviceTest {
    private final MockTransport driver = new MockTransport(new RngDevice());
    private final MockMemory memory = driver.memory();

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void fillsTheWholeBuffer() {
        driver.activate();
        MockBuffer first = memory.writable(64);
        MockBuffer second = memory.writable(64);
        driver.queue(0).add(first, second);
        driver.kick(0);
        assertThat(driver.awaitUsed(0).written()).isEqualTo(128);
        assertThat(first.bytes()).isNotEqualTo(new byte[64]).isNotEqualTo(second.bytes());
    }

    @Test
    void givesAtMost64KiB() {
        driver.activate();
        MockBuffer buffer = memory.writable(1 << 20);
        driver.queue(0).add(buffer);
        driver.kick(0);
        assertThat(driver.awaitUsed(0).written()).isEqualTo(RngDevice.MAX_BYTES);
        assertThat(buffer.slice(RngDevice.MAX_BYTES, 1024).bytes()).isEqualTo(new byte[1024]);
    }

    @Test
    void servesWhatWaitedBeforeItWasActivated() {
        driver.queue(0).add(memory.writable(8));
        driver.activate();
        assertThat(driver.awaitUsed(0).written()).isEqualTo(8);
    }

    @Test
    void answersARequestWithoutRoom() {
        driver.activate();
        driver.queue(0).add(memory.readable(8));
        driver.kick(0);
        assertThat(driver.awaitUsed(0).written()).isZero();
    }

    @Test
    void goesOnAfterAPause() {
        driver.activate();
        driver.queue(0).add(memory.writable(8));
        driver.kick(0);
        driver.awaitUsed(0);
        driver.quiesce();
        driver.queue(0).add(memory.writable(9));
        driver.activate();
        assertThat(driver.awaitUsed(0).written()).isEqualTo(9);
    }

    @Test
    void aBrokenRingAsksForAReset() {
        driver.activate();
        driver.queue(0).availableIndex(1000);
        driver.kick(0);
        assertThat(driver.awaitNeedsReset()).contains("available index");
    }
}
