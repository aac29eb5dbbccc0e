package dev.jsbx.cli.vmm;

import dev.jsbx.image.agent.CommandSession;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A terminal that a VMM process keeps ({@link KeptTerminal}), from the user's side. */
public final class RemoteTerminal implements CommandSession {
    private final TerminalFrames frames;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final InputStream shown = new Shown();
    private final OutputStream typed = new Typed();

    /**
     * @param channel on which the VMM process has agreed
     * @param size of the user's terminal
     */
    RemoteTerminal(SocketChannel channel, TerminalSize size) throws IOException {
        this.frames = new TerminalFrames(channel);
        resize(size);
    }

    @Override
    public OutputStream stdin() {
        return typed;
    }

    @Override
    public InputStream stdout() {
        return shown;
    }

    @Override
    public InputStream stderr() {
        return InputStream.nullInputStream();
    }

    @Override
    public void resize(TerminalSize size) throws IOException {
        byte[] bytes =
                ByteBuffer.allocate(2 * Short.BYTES)
                        .putShort((short) size.rows())
                        .putShort((short) size.columns())
                        .array();
        frames.write(TerminalFrames.SIZE, bytes, 0, bytes.length);
    }

    @Override
    public void signal(int number) throws IOException {
        frames.write(TerminalFrames.SIGNAL, new byte[] {(byte) number}, 0, 1);
    }

    @Override
    public ExitStatus waitFor() throws IOException, InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public boolean leave() {
        try {
            frames.write(TerminalFrames.LEAVE, new byte[0], 0, 0);
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        frames.close();
    }

    /** What the terminal shows. */
    private final class Shown extends InputStream {
        private final ByteBuffer payload = ByteBuffer.allocate(TerminalFrames.MAX).limit(0);

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            while (length > 0 && !payload.hasRemaining()) {
                if (exit.isDone() || !next()) {
                    return -1;
                }
            }
            int n = Math.min(length, payload.remaining());
            payload.get(to, from, n);
            return n;
        }

        private boolean next() throws IOException {
            try {
                byte type = frames.read(payload);
                if (type == TerminalFrames.EXIT) {
                    exit.complete(status());
                    return false;
                }
                return true;
            } catch (IOException | RuntimeException e) {
                exit.completeExceptionally(e);
                throw e;
            }
        }

        private ExitStatus status() {
            ExitStatus.Kind kind = ExitStatus.Kind.values()[payload.getInt()];
            int value = payload.getInt();
            int code = payload.getInt();
            String message = StandardCharsets.UTF_8.decode(payload).toString();
            return new ExitStatus(kind, value, code, message);
        }
    }

    /** What the user types. */
    private final class Typed extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int at = 0; at < length; at += TerminalFrames.MAX) {
                int n = Math.min(TerminalFrames.MAX, length - at);
                frames.write(TerminalFrames.DATA, bytes, from + at, n);
            }
        }

        @Override
        public void close() throws IOException {
            frames.write(TerminalFrames.END, new byte[0], 0, 0);
        }
    }
}
