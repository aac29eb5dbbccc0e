package dev.jsbx.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.rng.RngDevice;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontEndTest {
    private static final int BYTES = 64;
    private static final int SIZE = 4;

    @TempDir Path directory;

    @Test
    void aDeviceServesItsQueue() {
        List<String> log = new ArrayList<>();
        Path path = directory.resolve("rng.sock");
        try (RngDevice device = new RngDevice();
                VhostUserServer server = VhostUserServer.listen(path, device, log::add);
                FrontEnd front = FrontEnd.connect(path, 1 << 20, 0)) {
            assertThat(front.features() & RingFeatures.VIRTIO_F_EVENT_IDX).isNotZero();
            FrontEnd.Queue queue = front.queue(0, SIZE);
            long buffer = front.allocate(BYTES, 1);
            queue.rings().describe(3, buffer, BYTES, true, -1);

            // More often than the ring is long.
            byte[] last = new byte[BYTES];
            for (int i = 0; i < 3 * SIZE; i++) {
                assertThat(queue.rings().take()).isFalse();
                boolean nothingYet = queue.rings().awaitUsed();
                queue.rings().offer(3);
                queue.publish();
                assertThat(nothingYet).isTrue();
                MockFrontend.await(queue.call());

                assertThat(queue.rings().take()).isTrue();
                assertThat(queue.rings().head()).isEqualTo(3);
                assertThat(queue.rings().written()).isEqualTo(BYTES);
                byte[] random =
                        front.memory().asSlice(buffer, BYTES).toArray(ValueLayout.JAVA_BYTE);
                assertThat(Arrays.equals(random, last)).isFalse();
                last = random;
            }
        }
        assertThat(log).isEmpty();
    }
}
