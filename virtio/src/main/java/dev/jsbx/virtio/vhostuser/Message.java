package dev.jsbx.virtio.vhostuser;

import dev.jsbx.vmm.linux.Errno;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * One message at a time: the header (u32 request, u32 flags, u32 size), the payload, and the
 * descriptors that came along, which it owns until they are taken. In the machine's byte order.
 */
final class Message implements AutoCloseable {
    private static final int FLAGS = 4;
    private static final int SIZE = 8;
    static final int HEADER_SIZE = 12;

    /** No message of ours is longer; the longest are memory tables and configuration spaces. */
    private static final int MAX_PAYLOAD = 4096;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

    private final MemorySegment buffer = Arena.ofAuto().allocate(HEADER_SIZE + MAX_PAYLOAD, 8);
    private final List<Fd> fds = new ArrayList<>();

    /**
     * Reads the next message, waiting until it is complete.
     *
     * @return false at the end of the connection
     * @throws ProtocolException if it is none
     */
    boolean read(int socket) {
        close();
        if (!readFully(socket, 0, HEADER_SIZE)) {
            return false;
        }
        if ((flags() & Protocol.VERSION_MASK) != Protocol.VERSION) {
            throw new ProtocolException("message with flags " + flags());
        }
        if (size() < 0 || size() > MAX_PAYLOAD) {
            throw new ProtocolException("message of " + size() + " bytes");
        }
        if (!readFully(socket, HEADER_SIZE, size())) {
            throw new ProtocolException("connection ends within a message");
        }
        return true;
    }

    private boolean readFully(int socket, int from, int length) {
        int done = 0;
        while (done < length) {
            MemorySegment rest = buffer.asSlice((long) from + done, length - done);
            long n = Sockets.receive(socket, rest, fds);
            if (n == -Errno.EINTR) {
                continue;
            }
            if (n == 0 && done > 0) {
                throw new ProtocolException("connection ends within a message");
            }
            if (n == 0 || n == -Errno.ECONNRESET) {
                return false;
            }
            if (n < 0) {
                throw new LinuxException((int) -n, "recvmsg(" + socket + ")");
            }
            done += (int) n;
        }
        return true;
    }

    int request() {
        return buffer.get(U32, 0);
    }

    private int flags() {
        return buffer.get(U32, FLAGS);
    }

    boolean needsReply() {
        return (flags() & Protocol.FLAG_NEED_REPLY) != 0;
    }

    /** Bytes of the payload. */
    int size() {
        return buffer.get(U32, SIZE);
    }

    /**
     * @throws ProtocolException if the payload is shorter
     */
    void require(int bytes) {
        if (size() < bytes) {
            throw new ProtocolException(
                    String.format("request %d with %d of %d bytes", request(), size(), bytes));
        }
    }

    /** The 32-bit field at {@code offset} of the payload. */
    int getInt(int offset) {
        require(offset + Integer.BYTES);
        return buffer.get(U32, HEADER_SIZE + (long) offset);
    }

    /** The 64-bit field at {@code offset} of the payload. */
    long getLong(int offset) {
        require(offset + Long.BYTES);
        return buffer.get(U64, HEADER_SIZE + (long) offset);
    }

    /** Bytes of the payload. */
    byte[] getBytes(int offset, int length) {
        require(offset + length);
        return buffer.asSlice(HEADER_SIZE + (long) offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Takes the next descriptor that came along; it belongs to the caller now. */
    Fd takeFd() {
        if (fds.isEmpty()) {
            throw new ProtocolException("request " + request() + " without a descriptor");
        }
        return fds.removeFirst();
    }

    /** How many descriptors came along and were not taken. */
    int fds() {
        return fds.size();
    }

    /** Replies to the request with a number. */
    void reply(int socket, long value) {
        buffer.set(U64, HEADER_SIZE, value);
        send(socket, Long.BYTES);
    }

    /** Replies with two 32-bit numbers. */
    void reply(int socket, int first, int second) {
        buffer.set(U32, HEADER_SIZE, first);
        buffer.set(U32, HEADER_SIZE + Integer.BYTES, second);
        send(socket, 2 * Integer.BYTES);
    }

    /** Replies with the request's own payload, of which {@code bytes} replace a part. */
    void replyWith(int socket, int offset, byte[] bytes) {
        MemorySegment.copy(
                bytes, 0, buffer, ValueLayout.JAVA_BYTE, HEADER_SIZE + (long) offset, bytes.length);
        send(socket, size());
    }

    /** Replies without a payload, which for some requests means failure. */
    void replyEmpty(int socket) {
        send(socket, 0);
    }

    private void send(int socket, int payload) {
        buffer.set(U32, FLAGS, Protocol.VERSION | Protocol.FLAG_REPLY);
        buffer.set(U32, SIZE, payload);
        long n = Sockets.send(socket, buffer.asSlice(0, HEADER_SIZE + (long) payload), List.of());
        if (n != HEADER_SIZE + payload) {
            // Replies are far smaller than a socket's buffer: a short one means a dead peer.
            throw new ProtocolException("a reply to request " + request() + " went nowhere");
        }
    }

    /** Closes descriptors that nobody took. */
    @Override
    public void close() {
        fds.forEach(Fd::close);
        fds.clear();
    }
}
