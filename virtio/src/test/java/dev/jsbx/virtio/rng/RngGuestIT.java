package dev.jsbx.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux's own driver reads random bytes. */
class RngGuestIT {
    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();

    private void log(String line) {
        System.err.println(line);
        log.add(line);
    }

    @Test
    void theGuestReadsFromIt() {
        Path socket = directory.resolve("rng.sock");
        try (RngDevice device = new RngDevice();
                VhostUserServer server = VhostUserServer.listen(socket, device, this::log);
                QemuGuest guest =
                        new GuestConfig()
                                .vhostUser("vhost-user-rng", server.path())
                                .script(
                                        """
                                        cat /sys/class/misc/hw_random/rng_current
                                        dd if=/dev/hwrng bs=64k count=4 2>/dev/null | wc -c
                                        """)
                                .boot()) {
            assertThat(guest.awaitExit()).isZero();
            assertThat(guest.output()).contains("virtio_rng.0").contains("262144");
            guest.awaitEnd();
        }
        assertThat(log).isEmpty();
    }
}
