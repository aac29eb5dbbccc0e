package dev.jsbx.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import dev.jsbx.virtio.guest.Shell;
import dev.jsbx.virtio.vhostuser.VhostUserServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux's own driver, ext4 and fio on the disk. */
class BlkGuestIT {
    private static final String SIZE = "256M";

    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path file;
    private BlkDevice device;
    private VhostUserServer server;

    @BeforeEach
    void serve() {
        file = directory.resolve("disk");
        Shell.run(directory, "mke2fs", "-q", "-t", "ext4", file.toString(), SIZE);
        serve(false);
    }

    private void serve(boolean readOnly) {
        device = new BlkDevice(DiskImage.open(file, readOnly), "disk0", 2, this::log);
        server = VhostUserServer.listen(directory.resolve("blk.sock"), device, this::log);
    }

    private void log(String line) {
        System.err.println(line);
        log.add(line);
    }

    @AfterEach
    void close() {
        server.close();
        device.close();
    }

    private GuestConfig guest() {
        return new GuestConfig().vhostUser("vhost-user-blk", server.path(), "num-queues=2");
    }

    private void fsck() {
        Shell.run(directory, "e2fsck", "-f", "-n", file.toString());
    }

    @Test
    void ext4AndFioFindWhatTheyWrote() {
        try (QemuGuest guest =
                guest().memoryMib(768)
                        .program("fio")
                        .script(
                                """
                                set -e
                                cat /sys/block/vda/serial; echo
                                cat /sys/block/vda/queue/discard_granularity
                                cat /sys/block/vda/queue/write_cache
                                ls /sys/block/vda/mq | wc -l
                                mount /dev/vda /mnt
                                fio --name=verify --directory=/mnt --size=24m --rw=randrw \
                                  --bsrange=512-256k --numjobs=2 --direct=1 --verify=crc32c \
                                  --fsync=64 --do_verify=1 --output=/tmp/fio
                                grep -c err=.0 /tmp/fio
                                dd if=/dev/urandom of=/mnt/random bs=1M count=32
                                sha256sum < /mnt/random > /mnt/sum
                                umount /mnt; mount /dev/vda /mnt
                                test "$(sha256sum < /mnt/random)" = "$(cat /mnt/sum)"
                                sync; umount /mnt
                                """)
                        .boot()) {
            assertThat(guest.awaitExit()).as(guest.output()).isZero();
            assertThat(guest.output()).contains("disk0", "4096", "write back");
            guest.awaitEnd();
        }
        fsck();
        assertThat(log).isEmpty();
    }

    @Test
    void spaceThatTheGuestTrimsGoesBackToTheHost() throws IOException {
        try (QemuGuest guest =
                guest().script(
                                """
                                set -e
                                mount /dev/vda /mnt
                                dd if=/dev/urandom of=/mnt/big bs=1M count=100
                                sync; echo FILLED; read go
                                rm /mnt/big; sync; fstrim /mnt; umount /mnt
                                """)
                        .boot()) {
            guest.awaitLine("FILLED");
            long filled = blocks();
            guest.type("go");
            assertThat(guest.awaitExit()).as(guest.output()).isZero();
            assertThat(filled - blocks()).as("KiB given back").isGreaterThan(90 << 10);
        }
        fsck();
    }

    private long blocks() {
        String kib = Shell.run(directory, "du", "-k", file.toString());
        return Long.parseLong(kib.split("\\s")[0]);
    }

    @Test
    void aReadOnlyDiskIsOneForTheGuest() {
        close();
        serve(true);
        try (QemuGuest guest =
                guest().script(
                                """
                                cat /sys/block/vda/ro
                                mount -o ro /dev/vda /mnt && ls -d /mnt/lost+found
                                dd if=/dev/zero of=/dev/vda count=1 2>&1
                                """)
                        .boot()) {
            assertThat(guest.awaitExit()).isNotZero();
            assertThat(guest.output()).contains("lost+found").contains("not permitted");
        }
    }

    @Test
    void survivesAResetOfTheGuest() {
        try (QemuGuest guest =
                guest().rebooting()
                        .script(
                                """
                                mount /dev/vda /mnt; cat /mnt/boots 2>/dev/null
                                echo again >> /mnt/boots; sync
                                echo "boots $(wc -l < /mnt/boots)"
                                test $(wc -l < /mnt/boots) -lt 3 || sleep 1000
                                umount /mnt
                                """)
                        .boot()) {
            guest.awaitLine("boots 3");
        }
        assertThat(log).isEmpty();
    }

    @Test
    void survivesTheDeathOfTheFrontEnd() {
        for (int i = 0; i < 2; i++) {
            try (QemuGuest guest =
                    guest().script(
                                    """
                                    mount /dev/vda /mnt && echo READY
                                    while true; do dd if=/dev/zero of=/mnt/f bs=64k count=256 conv=fsync; done
                                    """)
                            .boot()) {
                guest.awaitLine("READY");
                guest.awaitLine("records out", 4);
                guest.kill();
            }
        }
        Shell.run(directory, "sh", "-c", "e2fsck -p -f disk || test $? -eq 1");
    }

    @Test
    void theFrontEndFindsTheServerAgain() throws IOException {
        Files.delete(server.path());
        server.close();
        server = VhostUserServer.listen(directory.resolve("blk.sock"), device, this::log);
        try (QemuGuest guest =
                new GuestConfig()
                        .reconnecting("vhost-user-blk", server.path(), "num-queues=2")
                        .script(
                                """
                                mount /dev/vda /mnt && echo READY; read go
                                dd if=/dev/urandom of=/mnt/f bs=1M count=8 && sync && umount /mnt
                                """)
                        .boot()) {
            guest.awaitLine("READY");
            server.close();
            server = VhostUserServer.listen(directory.resolve("blk.sock"), device, this::log);
            guest.type("go");
            assertThat(guest.awaitExit()).as(guest.output()).isZero();
        }
        fsck();
    }
}
