package dev.jsbx.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.SplitRings;
import dev.jsbx.virtio.rng.RngDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MmioTransportTest {
    private static final long FEATURES = RingFeatures.VIRTIO_F_VERSION_1;
    private static final SharedMemory WINDOW = new SharedMemory(3, 0x12_3456_7000L, 0x8_0000_0000L);

    private final MockMmioDriver driver = new MockMmioDriver(new RngDevice(), WINDOW);

    @AfterEach
    void close() {
        driver.close();
    }

    private MockQueue start() {
        driver.negotiate(FEATURES);
        MockQueue queue = driver.queue(0, 64);
        driver.write(Register.Status, 15);
        return queue;
    }

    @Test
    void namesItself() {
        assertThat(driver.read(Register.MagicValue)).isEqualTo(0x74726976);
        assertThat(driver.read(Register.Version)).isEqualTo(2);
        assertThat(driver.read(Register.DeviceID)).isEqualTo(4);
        assertThat(driver.read(Register.QueueNumMax)).isEqualTo(64);
        driver.write(Register.QueueSel, 1);
        assertThat(driver.read(Register.QueueNumMax)).as("no such queue").isZero();
        driver.write(Register.QueueSel, -1);
        assertThat(driver.read(Register.QueueNumMax)).isZero();
    }

    @Test
    void offersFeaturesInHalves() {
        assertThat(driver.read(Register.DeviceFeatures))
                .isEqualTo(RingFeatures.OFFERED & 0xffffffffL);
        driver.write(Register.DeviceFeaturesSel, 1);
        assertThat(driver.read(Register.DeviceFeatures)).isEqualTo(RingFeatures.OFFERED >>> 32);
        driver.write(Register.DeviceFeaturesSel, 2);
        assertThat(driver.read(Register.DeviceFeatures)).isZero();
    }

    @Test
    void servesRequests() {
        MockQueue queue = start();
        assertThat(driver.read(Register.Status)).isEqualTo(15);
        queue.add(driver.memory.writable(16));
        driver.write(Register.QueueNotify, 0);
        driver.awaitInterrupt();
        assertThat(queue.takeUsed().written()).isEqualTo(16);
        assertThat(driver.read(Register.InterruptStatus)).isEqualTo(1);
        driver.write(Register.InterruptACK, 1);
        assertThat(driver.read(Register.InterruptStatus)).isZero();
    }

    @Test
    void registersDoorbellsAndTakesThemBack() {
        MockQueue queue = start();
        String bell = (MockMmioDriver.GPA + 0x50) + ":0";
        assertThat(driver.doorbells).containsOnlyKeys(bell);
        queue.add(driver.memory.writable(16));
        driver.doorbells.get(bell).signal();
        driver.awaitInterrupt();
        driver.write(Register.Status, 0);
        assertThat(driver.doorbells).isEmpty();
    }

    @Test
    void statusGoesUpStepByStep() {
        for (int wrong : new int[] {2, 3, 4, 8, 11, 15, 0x10}) {
            driver.write(Register.Status, wrong);
            assertThat(driver.read(Register.Status)).isZero();
        }
        driver.write(Register.Status, 1);
        for (int wrong : new int[] {2, 5, 9, 11, 15}) {
            driver.write(Register.Status, wrong);
            assertThat(driver.read(Register.Status)).isEqualTo(1);
        }
        driver.write(Register.Status, 3);
        driver.write(Register.Status, 7);
        assertThat(driver.read(Register.Status)).as("DRIVER_OK before FEATURES_OK").isEqualTo(3);
        driver.write(Register.Status, 0x83);
        driver.write(Register.Status, 0x8b);
        assertThat(driver.read(Register.Status)).as("FAILED stays").isEqualTo(0x83);
        driver.write(Register.Status, 0);
        assertThat(driver.read(Register.Status)).isZero();
    }

    @Test
    void refusesFeaturesThatWereNotOffered() {
        assertThat(driver.negotiate(FEATURES | 1)).isEqualTo(3);
        assertThat(driver.negotiate(FEATURES | 1L << 40)).isEqualTo(3);
        assertThat(driver.negotiate(RingFeatures.VIRTIO_F_EVENT_IDX)).as("legacy").isEqualTo(3);
        assertThat(driver.negotiate(RingFeatures.OFFERED)).isEqualTo(11);
    }

    @Test
    void takesFeaturesOnlyWhileNegotiating() {
        driver.write(Register.DriverFeaturesSel, 0);
        driver.write(Register.DriverFeatures, 1);
        assertThat(driver.negotiate(FEATURES)).isEqualTo(11);
        driver.write(Register.DriverFeatures, 1);
        driver.write(Register.Status, 15);
        assertThat(driver.read(Register.Status)).isEqualTo(15);
    }

    @Test
    void queuesAreFrozenOnceTheDriverIsReady() {
        MockQueue queue = start();
        driver.write(Register.QueueNum, 32768);
        driver.write(Register.QueueDescLow, 0);
        driver.write(Register.QueueReady, 0);
        assertThat(driver.read(Register.QueueReady)).isEqualTo(1);
        queue.add(driver.memory.writable(16));
        driver.write(Register.QueueNotify, 0);
        driver.awaitInterrupt();
        assertThat(queue.takeUsed().written()).isEqualTo(16);
    }

    @Test
    void queuesAreNotSetUpBeforeFeaturesAreFixed() {
        driver.write(Register.Status, 1);
        driver.write(Register.Status, 3);
        driver.write(Register.QueueReady, 1);
        assertThat(driver.read(Register.QueueReady)).isZero();
    }

    @Test
    void queuesThatCannotBeMakeItNeedAReset() {
        driver.negotiate(FEATURES);
        driver.place(0, new SplitRings(64, 64 << 20, 0, 0));
        driver.write(Register.Status, 15);
        assertThat(driver.read(Register.Status)).isEqualTo(15 | 0x40);
        assertThat(driver.read(Register.InterruptStatus)).isEqualTo(2);
        assertThat(driver.log).singleElement().asString().contains("guest memory");
        driver.negotiate(FEATURES);
        driver.write(Register.QueueNum, 128);
        driver.write(Register.QueueReady, 1);
        driver.write(Register.Status, 15);
        assertThat(driver.read(Register.Status)).as("too large").isEqualTo(15 | 0x40);
        assertThat(start()).isNotNull();
        assertThat(driver.read(Register.Status)).isEqualTo(15);
    }

    @Test
    void aBrokenRingMakesItNeedAReset() {
        MockQueue queue = start();
        queue.availableIndex(1000);
        driver.write(Register.QueueNotify, 0);
        driver.awaitInterrupt();
        assertThat(driver.read(Register.Status)).isEqualTo(15 | 0x40);
        assertThat(driver.log).singleElement().asString().contains("queue 0: available index");
        MockQueue fresh = start();
        fresh.add(driver.memory.writable(16));
        driver.write(Register.QueueNotify, 0);
        driver.awaitInterrupt();
        assertThat(fresh.takeUsed().written()).isEqualTo(16);
    }

    @Test
    void registersAreReadAndWrittenAsWords() {
        assertThat(driver.transport.read(Register.MagicValue, 1)).isZero();
        assertThat(driver.transport.read(Register.MagicValue + 2, 4)).isZero();
        assertThat(driver.transport.read(Register.MagicValue, 8)).isZero();
        driver.transport.write(Register.Status, 1, 1);
        assertThat(driver.read(Register.Status)).isZero();
    }

    @Test
    void showsSharedMemory() {
        driver.write(Register.SHMSel, 3);
        assertThat(driver.read(Register.SHMBaseLow)).isEqualTo(0x3456_7000);
        assertThat(driver.read(Register.SHMBaseHigh)).isEqualTo(0x12);
        assertThat(driver.read(Register.SHMLenLow)).isZero();
        assertThat(driver.read(Register.SHMLenHigh)).isEqualTo(8);
        driver.write(Register.SHMSel, 0);
        assertThat(driver.read(Register.SHMLenLow)).isEqualTo(0xffffffffL);
        assertThat(driver.read(Register.SHMLenHigh)).isEqualTo(0xffffffffL);
    }

    @Test
    void readsBeyondTheConfigurationAsZero() {
        assertThat(driver.transport.read(Register.Config, 8)).isZero();
        assertThat(driver.transport.read(MmioTransport.SIZE - 1, 8)).isZero();
        driver.transport.write(MmioTransport.SIZE - 1, 8, -1);
    }
}
