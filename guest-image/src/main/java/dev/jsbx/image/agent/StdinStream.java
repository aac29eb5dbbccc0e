package dev.jsbx.image.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;

/** A session's standard input: waits for the agent's credit, so that the guest buffers little. */
final class StdinStream extends OutputStream {
    private static final int MAX_CREDIT = 1 << 30;

    private final FrameWriter writer;
    private int credit = Protocol.WINDOW;
    private boolean closed;
    private IOException failure;

    StdinStream(FrameWriter writer) {
        this.writer = writer;
    }

    synchronized void credit(int more) throws AgentException {
        if (more < 0 || more > MAX_CREDIT - credit) {
            throw new AgentException("guest agent: malformed credit");
        }
        credit += more;
        notifyAll();
    }

    /** No more can be written: the process has closed its end, or is gone. */
    synchronized void fail(IOException reason) {
        if (failure == null) {
            failure = reason;
        }
        notifyAll();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int count = take(Math.min(end - at, Protocol.MAX_DATA));
            send(ByteBuffer.wrap(bytes, at, count));
            at += count;
        }
    }

    private void send(ByteBuffer data) throws IOException {
        try {
            writer.send(Protocol.DATA, Protocol.STDIN, data);
        } catch (ClosedChannelException e) {
            throw new IOException("the process has ended", e);
        }
    }

    /** Waits for credit; takes and returns how much of it may be used. */
    private synchronized int take(int wanted) throws IOException {
        while (credit == 0 && failure == null && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while writing to the guest", e);
            }
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        if (closed) {
            throw new IOException("stream is closed");
        }
        int count = Math.min(wanted, credit);
        credit -= count;
        return count;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
            if (failure != null) {
                return;
            }
        }
        try {
            writer.send(Protocol.EOF, Protocol.STDIN, ByteBuffer.allocate(0));
        } catch (IOException e) {
            // Nobody is left to miss the end of file; how it ended is what waitFor() tells.
        }
    }
}
