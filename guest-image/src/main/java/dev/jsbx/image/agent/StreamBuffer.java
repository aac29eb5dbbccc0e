package dev.jsbx.image.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * One output stream of a session on its way to its reader: at most {@link Protocol#WINDOW} bytes,
 * because the agent gets credit only for what was read here.
 *
 * <p>One thread fills, one reads.
 */
final class StreamBuffer extends InputStream {
    private static final int CREDIT_STEP = Protocol.WINDOW / 4;

    /** Where the reader's doings are reported to. */
    interface Source {
        /** So many bytes more may be sent. */
        void credit(int bytes);

        /** Nothing that is still to come will be read. */
        void refuse();
    }

    private final Source source;
    private byte[] ring = new byte[0];
    private int start;
    private int length;
    private int unreported;
    private boolean ended;
    private boolean closed;
    private IOException failure;

    StreamBuffer(Source source) {
        this.source = source;
    }

    /** Takes over a frame's payload. */
    synchronized void fill(ByteBuffer data) throws AgentException {
        int count = data.remaining();
        if (ended || count > Protocol.WINDOW - length - unreported) {
            throw new AgentException("guest agent: sent more than it had credit for");
        }
        if (closed) {
            unreported += count;
            return;
        }
        grow(length + count);
        int at = (start + length) % ring.length;
        int first = Math.min(count, ring.length - at);
        data.get(ring, at, first);
        data.get(ring, 0, count - first);
        length += count;
        notifyAll();
    }

    /** Most sessions write little: the ring grows with what is under way. */
    private void grow(int needed) {
        if (needed <= ring.length) {
            return;
        }
        int size = Math.min(Protocol.WINDOW, Math.max(4096, Integer.highestOneBit(needed) * 2));
        byte[] larger = new byte[size];
        int first = Math.min(length, ring.length - start);
        System.arraycopy(ring, start, larger, 0, first);
        System.arraycopy(ring, 0, larger, first, length - first);
        ring = larger;
        start = 0;
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized void fail(IOException reason) {
        if (!ended) {
            failure = reason;
            ended = true;
            notifyAll();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int most) throws IOException {
        Objects.checkFromIndexSize(offset, most, into.length);
        if (most == 0) {
            return 0;
        }
        int count;
        int report;
        synchronized (this) {
            await();
            if (length == 0) {
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                return -1;
            }
            count = Math.min(most, length);
            int first = Math.min(count, ring.length - start);
            System.arraycopy(ring, start, into, offset, first);
            System.arraycopy(ring, 0, into, offset + first, count - first);
            start = (start + count) % ring.length;
            length -= count;
            report = consumed(count);
        }
        if (report > 0) {
            source.credit(report);
        }
        return count;
    }

    private int consumed(int count) {
        unreported += count;
        if (unreported < CREDIT_STEP || ended) {
            return 0;
        }
        int report = unreported;
        unreported = 0;
        return report;
    }

    private void await() throws IOException {
        while (length == 0 && !ended && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while reading from the guest", e);
            }
        }
        if (closed) {
            throw new IOException("stream is closed");
        }
    }

    @Override
    public synchronized int available() {
        return length;
    }

    /**
     * What is still to come is discarded. A process that goes on writing gets SIGPIPE, as on a
     * pipe; one on a terminal does not notice.
     */
    @Override
    public void close() {
        boolean tell;
        synchronized (this) {
            tell = !closed && !ended;
            closed = true;
            unreported += length;
            length = 0;
            notifyAll();
        }
        if (tell) {
            source.refuse();
        }
    }

    /**
     * Called by the filling thread after {@link #fill}, for a stream that nobody reads any more.
     */
    void discard() {
        int report;
        synchronized (this) {
            report = closed ? consumed(0) : 0;
        }
        if (report > 0) {
            source.credit(report);
        }
    }
}
