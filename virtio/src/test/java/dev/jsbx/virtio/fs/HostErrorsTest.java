package dev.jsbx.virtio.fs;

import static dev.jsbx.virtio.fs.FuseClient.ROOT;
import static dev.jsbx.vmm.linux.Errno.EDQUOT;
import static dev.jsbx.vmm.linux.Errno.EIO;
import static dev.jsbx.vmm.linux.Errno.EMFILE;
import static dev.jsbx.vmm.linux.Errno.ENOSPC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jsbx.virtio.fs.FuseClient.Reply;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the host's file system refuses, the guest hears as just that. Small file systems on loop
 * devices say no; mounting them needs root.
 */
class HostErrorsTest {
    private static final int O_RDWR = 2;
    private static final int BLOCK = 64 << 10;

    @TempDir Path directory;
    private Path mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted != null) {
            call("umount", mounted.toString());
        }
    }

    private static int call(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Makes a file system with a directory {@code shared} and mounts it. */
    private Path mount(Path image, String mkfs, long bytes) throws Exception {
        assumeTrue(output("id", "-u").strip().equals("0"), "only root may mount file systems");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        String[] make = (mkfs + " " + image).split(" ");
        assumeTrue(call("sh", "-c", "command -v " + make[0]) == 0, "there is no " + make[0]);
        assertThat(call(make)).isZero();
        return remount(image);
    }

    private Path remount(Path image) throws Exception {
        Path place = Files.createDirectories(directory.resolve("mnt"));
        assumeTrue(
                call("mount", "-o", "loop", image.toString(), place.toString()) == 0,
                "this host's kernel does not mount loop devices");
        mounted = place;
        return Files.createDirectories(place.resolve("shared"));
    }

    /** Writes until the host refuses, and says how. */
    private static int fill(FuseClient guest) {
        Reply made = guest.create(ROOT, "full", O_RDWR, 0644);
        for (int i = 0; made.error() == 0 && i < 4096; i++) {
            Reply written = guest.write(made.createdHandle(), (long) i * BLOCK, new byte[BLOCK]);
            if (written.error() != 0) {
                return written.error();
            }
        }
        return made.error();
    }

    @Test
    void noSpaceIsLeft() throws Exception {
        Path shared = mount(directory.resolve("image"), "mkfs.ext4 -q -F -N 32", 4 << 20);
        try (FuseClient guest = new FuseClient(Share.of(shared))) {
            assertThat(fill(guest)).isEqualTo(-ENOSPC);
            int error = 0;
            for (int i = 0; error == 0 && i < 64; i++) {
                error = guest.create(ROOT, "inode" + i, O_RDWR, 0644).error();
            }
            assertThat(error).isEqualTo(-ENOSPC);
            assertThat(guest.unlink(ROOT, "full").error()).isZero();
        }
    }

    @Test
    void theQuotaIsExceeded() throws Exception {
        Path shared = mount(directory.resolve("image"), "mkfs.btrfs -q", 256 << 20);
        String place = mounted.toString();
        assumeTrue(
                call("btrfs", "quota", "enable", place) == 0
                        && call("btrfs", "qgroup", "limit", "4M", place) == 0,
                "this host's btrfs has no quotas");
        try (FuseClient guest = new FuseClient(Share.of(shared))) {
            assertThat(fill(guest)).isEqualTo(-EDQUOT);
        }
    }

    @Test
    void theDiskFails() throws Exception {
        Path image = directory.resolve("image");
        Path shared = mount(image, "mkfs.ext4 -q -F", 16 << 20);
        Files.write(shared.resolve("file"), new byte[8 << 20]);
        unmount();
        shared = remount(image);
        try (FuseClient guest = new FuseClient(Share.of(shared))) {
            long node = guest.lookup(ROOT, "file").node();
            long handle = guest.open(node, 0).handle();
            assertThat(guest.read(handle, 0, BLOCK).error()).isZero();
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(4 << 20);
            }
            int error = 0;
            for (long at = BLOCK; error == 0 && at < 8 << 20; at += BLOCK) {
                error = guest.read(handle, at, BLOCK).error();
            }
            assertThat(error).isEqualTo(-EIO);
        }
    }

    @Test
    void theProcessHasTooManyFilesOpen() throws Exception {
        Files.writeString(directory.resolve("file"), "x");
        String pid = Long.toString(ProcessHandle.current().pid());
        List<String> limits =
                output("prlimit", "--pid", pid, "--nofile", "--raw", "--noheadings", "-o", "SOFT")
                        .lines()
                        .toList();
        assumeTrue(limits.size() == 1, "there is no prlimit");
        try (FuseClient guest = new FuseClient(Share.of(directory))) {
            long node = guest.lookup(ROOT, "file").node();
            List<Long> handles = new ArrayList<>();
            int error = 0;
            // Leaves what starting prlimit again takes.
            int soft = highest() + 40;
            assertThat(call("prlimit", "--pid", pid, "--nofile=" + soft + ":")).isZero();
            try {
                while (error == 0 && handles.size() < 2 * soft) {
                    Reply opened = guest.open(node, 0);
                    error = opened.error();
                    if (error == 0) {
                        handles.add(opened.handle());
                    }
                }
            } finally {
                handles.forEach(guest::release);
                call("prlimit", "--pid", pid, "--nofile=" + limits.getFirst() + ":");
            }
            assertThat(error).isEqualTo(-EMFILE);
            assertThat(guest.open(node, 0).error()).isZero();
        }
    }

    private static int highest() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString()))
                    .max()
                    .orElseThrow();
        }
    }
}
