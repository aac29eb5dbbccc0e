package dev.jsbx.virtio.mmio;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jsbx.virtio.rng.RngDevice;

/** Any accesses to the registers in any order: nothing is thrown, and a reset always works. */
class MmioFuzzTest {
    @FuzzTest
    void takesAnyAccess(FuzzedDataProvider data) {
        try (MockMmioDriver driver = new MockMmioDriver(new RngDevice())) {
            while (data.remainingBytes() > 0) {
                int offset =
                        data.consumeInt(0, MmioTransport.SIZE - 1)
                                & (data.consumeBoolean() ? ~3 : ~0);
                int size = 1 << data.consumeInt(0, 3);
                if (data.consumeBoolean()) {
                    driver.transport.read(offset, size);
                } else {
                    driver.transport.write(offset, size, data.consumeLong());
                }
            }
            driver.write(Register.Status, 0);
            if (driver.read(Register.Status) != 0) {
                throw new AssertionError("still at " + driver.read(Register.Status));
            }
        }
    }
}
