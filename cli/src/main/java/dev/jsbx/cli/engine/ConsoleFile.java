package dev.jsbx.cli.engine;

import dev.jsbx.vmm.serial.SerialSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps what a guest writes to its serial port, up to a limit: a guest that writes without end must
 * not fill the host's disk.
 */
final class ConsoleFile implements SerialSink, AutoCloseable {
    private static final long LIMIT = 4 << 20;

    private final OutputStream file;
    private long written;

    ConsoleFile(Path path) throws IOException {
        file = Files.newOutputStream(path);
    }

    // Byte by byte, so that what is there when the guest dies is there to read.
    @Override
    public void send(byte data) {
        if (written++ >= LIMIT) {
            return;
        }
        try {
            file.write(data);
        } catch (IOException e) {
            written = LIMIT;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // What was written is all that could be.
        }
    }
}
