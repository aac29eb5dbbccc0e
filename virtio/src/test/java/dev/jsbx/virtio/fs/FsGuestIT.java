package dev.jsbx.virtio.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux's own driver mounts a directory and works in it. */
class FsGuestIT {
    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path shared;

    @BeforeEach
    void makeShare() throws IOException {
        shared = Files.createDirectory(directory.resolve("shared"));
    }

    private String run(GuestConfig config, String type, Share share, String script) {
        Path socket = directory.resolve("fs.sock");
        try (FsDevice device = new FsDevice("ws", 2, share);
                VhostUserServer server = VhostUserServer.listen(socket, device, log::add);
                QemuGuest guest =
                        config.module("virtiofs")
                                .vhostUser(
                                        type,
                                        server.path(),
                                        "tag=ws",
                                        "num-request-queues=2",
                                        "queue-size=1024")
                                .script("set -e\nmount -t virtiofs ws /mnt\ncd /mnt\n" + script)
                                .boot()) {
            assertThat(guest.awaitExit()).as(guest::output).isZero();
            guest.awaitEnd();
            assertThat(log).isEmpty();
            return guest.output();
        }
    }

    @Test
    void whatEachSideWritesTheOtherReads() throws IOException {
        Files.writeString(shared.resolve("from-host"), "hello guest\n");
        String output =
                run(
                        new GuestConfig(),
                        "vhost-user-fs-device",
                        Share.of(shared),
                        """
                        cat from-host
                        mkdir -p deep/er
                        echo hello host > deep/er/from-guest
                        echo more >> deep/er/from-guest
                        ln -s er deep/link
                        cat deep/link/from-guest
                        dd if=/dev/urandom of=big bs=1M count=32 2>/dev/null
                        sha256sum big
                        mv big bigger
                        echo 3 > /proc/sys/vm/drop_caches
                        sha256sum bigger
                        chmod 4755 bigger
                        ls -ln
                        rm -r deep/link
                        df -h /mnt
                        """);
        assertThat(output).contains("hello guest");
        assertThat(shared.resolve("deep/er/from-guest")).hasContent("hello host\nmore\n");
        assertThat(shared.resolve("deep/link")).doesNotExist();
        assertThat(Files.size(shared.resolve("bigger"))).isEqualTo(32 << 20);
        System.out.println(output);
    }

    @Test
    void onPciEachCpuIsInterruptedForItsOwnRequests() {
        String output =
                run(
                        new GuestConfig().arguments("-machine", "pcie=on"),
                        "vhost-user-fs-pci",
                        Share.of(shared),
                        """
                        for cpu in 0 1; do
                            taskset $((1 << cpu)) sh -c 'for i in $(seq 50); do test -e none$i || true; done'
                        done
                        grep requests /proc/interrupts
                        awk '/requests.0/ { exit !($2 >= 50 && $3 == 0) }' /proc/interrupts
                        awk '/requests.1/ { exit !($2 == 0 && $3 >= 50) }' /proc/interrupts
                        """);
        System.out.println(output);
    }
}
