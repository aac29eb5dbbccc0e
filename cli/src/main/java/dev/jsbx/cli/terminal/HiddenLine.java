package dev.jsbx.cli.terminal;

import dev.jsbx.vmm.linux.Terminal;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Has a user type a line into standard input's terminal that the screen does not show. */
public final class HiddenLine {
    private static final int STDIN = 0;

    private HiddenLine() {}

    /** Takes the bytes of the line, which end with it. */
    public interface Reader<T> {
        T read(InputStream line) throws IOException;
    }

    /** Whether there is a terminal to type into. */
    public static boolean isTerminal() {
        return Terminal.isTerminal(STDIN);
    }

    /** Asks on standard error. The terminal is put back, also when the process is interrupted. */
    public static <T> T ask(String prompt, Reader<T> reader) throws IOException {
        byte[] saved = Terminal.settings(STDIN);
        Thread putBack = new Thread(() -> Terminal.restore(STDIN, saved));
        Runtime.getRuntime().addShutdownHook(putBack);
        try {
            System.err.print(prompt);
            System.err.flush();
            Terminal.hideTyping(STDIN);
            return reader.read(new Line(new FileInputStream(FileDescriptor.in)));
        } finally {
            Terminal.restore(STDIN, saved);
            Runtime.getRuntime().removeShutdownHook(putBack);
        }
    }

    /** Ends at the end of a line, as a terminal delivers one at a time. */
    private static final class Line extends FilterInputStream {
        private boolean ended;

        Line(InputStream terminal) {
            super(terminal);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            int n = super.read(buffer, offset, length);
            ended = n <= 0 || buffer[offset + n - 1] == '\n';
            return n;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }
    }
}
