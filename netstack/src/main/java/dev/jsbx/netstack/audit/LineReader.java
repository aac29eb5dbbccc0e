package dev.jsbx.netstack.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads one file line by line, also while it grows: a line that is not finished yet is left for the
 * next time.
 */
final class LineReader implements AutoCloseable {
    /** No line of ours is longer; what is longer is skipped. */
    private static final int MAX_LINE = 1 << 16;

    /** Takes lines. */
    interface Sink {
        /**
         * @param line shared, not a copy
         * @param length of the line without line feed
         */
        void line(byte[] line, int length) throws IOException;
    }

    private final FileChannel file;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
    private byte[] line = new byte[1024];
    private int length;

    LineReader(Path path) throws IOException {
        file = FileChannel.open(path);
    }

    /** Hands on every whole line from where it left off to the end of the file. */
    void read(Sink sink) throws IOException {
        while (true) {
            chunk.clear();
            if (file.read(chunk) <= 0) {
                return;
            }
            chunk.flip();
            while (chunk.hasRemaining()) {
                byte b = chunk.get();
                if (b == '\n') {
                    if (length <= MAX_LINE) {
                        sink.line(line, length);
                    }
                    length = 0;
                } else {
                    keep(b);
                }
            }
        }
    }

    private void keep(byte b) {
        if (length == line.length && length < MAX_LINE) {
            line = Arrays.copyOf(line, length * 2);
        }
        if (length < line.length) {
            line[length] = b;
        }
        length = Math.min(length + 1, MAX_LINE + 1);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
