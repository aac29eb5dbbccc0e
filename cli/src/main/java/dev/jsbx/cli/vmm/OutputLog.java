package dev.jsbx.cli.vmm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What commands say that nobody is attached to: the latest {@value #MAX} bytes at least, twice that
 * at most. A disk that is full loses it, and stops nobody.
 */
final class OutputLog {
    private static final long MAX = 16 << 20;

    private final Path file;
    private OutputStream out;
    private long size;

    OutputLog(Path file) {
        this.file = file;
    }

    synchronized void write(byte[] bytes, int length) {
        try {
            if (out == null || size + length > MAX) {
                open();
            }
            out.write(bytes, 0, length);
            size += length;
        } catch (IOException e) {
            System.err.println("jsbx: " + file + " cannot be written: " + e.getMessage());
        }
    }

    private void open() throws IOException {
        size = Files.exists(file) ? Files.size(file) : 0;
        if (out != null) {
            out.close();
            out = null;
            Files.move(
                    file,
                    file.resolveSibling(file.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
            size = 0;
        }
        out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
