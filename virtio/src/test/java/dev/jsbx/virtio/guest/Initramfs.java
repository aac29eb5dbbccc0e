package dev.jsbx.virtio.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Builds the guest's root: a cpio archive in the "newc" form that Linux unpacks into memory. */
final class Initramfs {
    private static final int DIRECTORY = 0040755;
    private static final int EXECUTABLE = 0100755;
    private static final int FILE = 0100644;
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();
    private final Set<String> present = new LinkedHashSet<>();
    private int inode = 1;

    void file(String path, byte[] bytes) {
        entry(path, FILE, bytes);
    }

    void executable(String path, byte[] bytes) {
        entry(path, EXECUTABLE, bytes);
    }

    /** A program of the host with the libraries it is linked with, at the same paths. */
    void program(Path program) {
        executable(program.toString(), read(program));
        String linked;
        try {
            linked = Shell.run(Path.of("/"), "ldd", program.toString());
        } catch (IllegalStateException isStatic) {
            return;
        }
        Matcher library = LIBRARY.matcher(linked);
        while (library.find()) {
            executable(library.group(1), read(Path.of(library.group(1))));
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void directory(String path) {
        entry(path, DIRECTORY, new byte[0]);
    }

    private void entry(String path, int mode, byte[] bytes) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        if (!present.add(name)) {
            return;
        }
        int slash = name.lastIndexOf('/');
        if (slash > 0) {
            directory(name.substring(0, slash));
        }
        write(name, mode, bytes);
    }

    private void write(String name, int mode, byte[] bytes) {
        byte[] nameBytes = (name + '\0').getBytes(StandardCharsets.UTF_8);
        // Linux Documentation/driver-api/early-userspace/buffer-format.rst: thirteen hex fields.
        String header =
                String.format(
                        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
                        inode++, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, nameBytes.length, 0);
        archive.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        archive.writeBytes(nameBytes);
        pad();
        archive.writeBytes(bytes);
        pad();
    }

    private void pad() {
        while (archive.size() % 4 != 0) {
            archive.write(0);
        }
    }

    byte[] toBytes() {
        write("TRAILER!!!", 0, new byte[0]);
        return archive.toByteArray();
    }
}
