package dev.jsbx.cli.sandbox;

import dev.jsbx.cli.Failure;
import dev.jsbx.image.HostProgram;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The disk that takes a guest's changes to its root filesystem: ext4 in a sparse file. Formatting
 * takes longer than a copy, so there is one formatted file that all others are copies of.
 */
public final class UpperDisk {
    /** What a guest may write, in bytes; the file holds only what it has written. */
    private static final long SIZE = 32L << 30;

    private UpperDisk() {}

    /**
     * Makes a sandbox's disk, unless it has one.
     *
     * @throws Failure if there is no room, or no mke2fs for the first one
     */
    public static void make(Sandbox sandbox) {
        make(sandbox.disk());
    }

    /** The same at a place of its own. */
    public static void make(Path disk) {
        if (Files.exists(disk)) {
            return;
        }
        Path draft = disk.resolveSibling("disk.new");
        try (Fd from =
                        dev.jsbx.vmm.linux.Files.open(
                                template(), dev.jsbx.vmm.linux.Files.O_RDONLY);
                Fd to =
                        dev.jsbx.vmm.linux.Files.open(
                                draft,
                                dev.jsbx.vmm.linux.Files.O_RDWR
                                        | dev.jsbx.vmm.linux.Files.O_CREAT
                                        | dev.jsbx.vmm.linux.Files.O_TRUNC,
                                0600)) {
            dev.jsbx.vmm.linux.Files.copySparse(from, to);
            Files.move(draft, disk, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | LinuxException e) {
            throw Failure.own("cannot make the disk " + disk + ": " + e.getMessage(), e);
        }
    }

    private static Path template() throws IOException {
        Path disks = Directories.cache().resolve("disks");
        Path template = disks.resolve("upper-" + (SIZE >> 30) + "g.ext4");
        if (!Files.exists(template)) {
            Files.createDirectories(disks);
            Path draft = Files.createTempFile(disks, "new", ".ext4");
            try {
                format(draft);
                Files.move(draft, template, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        }
        return template;
    }

    // Inode tables and journal are not written out: they are zero in a sparse file anyway.
    private static void format(Path file) throws IOException {
        // Java looks for a program on its own PATH only, and /sbin is on root's.
        Path mke2fs =
                HostProgram.find("mke2fs")
                        .orElseThrow(
                                () ->
                                        Failure.own(
                                                "a sandbox's disk is made by mke2fs, which is not"
                                                        + " here: install e2fsprogs"));
        List<String> command =
                List.of(
                        mke2fs.toString(),
                        "-q",
                        "-F",
                        "-t",
                        "ext4",
                        "-m",
                        "0",
                        "-E",
                        "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
                        file.toString(),
                        (SIZE >> 20) + "M");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = process.onExit().join().exitValue();
        if (code != 0) {
            throw new IOException("mke2fs ended with " + code + ": " + said);
        }
    }
}
