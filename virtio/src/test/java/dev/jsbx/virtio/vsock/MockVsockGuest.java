package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.mock.MockBuffer;
import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.mock.MockQueue;
import dev.jsbx.virtio.mock.MockTransport;
import dev.jsbx.virtio.queue.RingFeatures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The guest's driver: sends packets, posts buffers and takes what comes. */
final class MockVsockGuest implements AutoCloseable {
    static final long CID = 42;
    static final int RX = 0;
    static final int TX = 1;
    static final int EVENT = 2;
    static final int BUFFER = 4096;

    /** A packet from the host. */
    record Received(
            int srcPort, int dstPort, int op, int flags, int bufAlloc, int fwdCnt, byte[] data) {}

    final VsockDevice device;
    final MockTransport transport;
    private final MockMemory memory;
    private final MockBuffer[] sendBuffers = new MockBuffer[4];
    private final Map<Integer, MockBuffer> posted = new HashMap<>();
    private int nextSend;

    /** What the next packets say of the guest's own buffer. */
    int bufAlloc = 256 << 10;

    int fwdCnt;

    MockVsockGuest(VsockDevice device) {
        this.device = device;
        transport = new MockTransport(device, new MockMemory(8 << 20));
        memory = transport.memory();
        for (int i = 0; i < sendBuffers.length; i++) {
            sendBuffers[i] = memory.readable((64L << 10) + 44);
        }
    }

    MockVsockGuest activate() {
        transport.activate(RingFeatures.OFFERED);
        return this;
    }

    /** Gives the device buffers for packets. */
    MockVsockGuest post(int buffers) {
        for (int i = 0; i < buffers; i++) {
            post(memory.writable(BUFFER));
        }
        transport.kick(RX);
        return this;
    }

    private void post(MockBuffer buffer) {
        posted.put(transport.queue(RX).add(buffer), buffer);
    }

    static byte[] header(
            long src,
            long dst,
            int srcPort,
            int dstPort,
            int len,
            int type,
            int op,
            int flags,
            int bufAlloc,
            int fwdCnt) {
        return ByteBuffer.allocate(44)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(src)
                .putLong(dst)
                .putInt(srcPort)
                .putInt(dstPort)
                .putInt(len)
                .putShort((short) type)
                .putShort((short) op)
                .putInt(flags)
                .putInt(bufAlloc)
                .putInt(fwdCnt)
                .array();
    }

    void send(int guestPort, int hostPort, int op, int flags, byte... data) {
        sendRaw(
                header(CID, 2, guestPort, hostPort, data.length, 1, op, flags, bufAlloc, fwdCnt),
                data);
    }

    void send(int guestPort, int hostPort, int op) {
        send(guestPort, hostPort, op, 0);
    }

    /** Sends a packet and waits until the device has taken it. */
    void sendRaw(byte[] header, byte[] data) {
        MockBuffer buffer = sendBuffers[nextSend++ % sendBuffers.length];
        buffer.segment().asSlice(0, 44).copyFrom(java.lang.foreign.MemorySegment.ofArray(header));
        buffer.segment()
                .asSlice(44, data.length)
                .copyFrom(java.lang.foreign.MemorySegment.ofArray(data));
        MockQueue queue = transport.queue(TX);
        queue.usedEvent(queue.usedIndex());
        if (data.length == 0) {
            queue.add(buffer.slice(0, 44));
        } else {
            queue.add(buffer.slice(0, 44), buffer.slice(44, data.length));
        }
        transport.kick(TX);
        transport.awaitUsed(TX);
    }

    /** Sends a packet without waiting. */
    void sendLater(int guestPort, int hostPort, int op) {
        byte[] header = header(CID, 2, guestPort, hostPort, 0, 1, op, 0, bufAlloc, fwdCnt);
        transport.queue(TX).add(memory.readable(header));
        transport.kick(TX);
    }

    /** Waits for the next packet, and posts its buffer again. */
    Received receive() {
        MockQueue queue = transport.queue(RX);
        if (!queue.hasUsed()) {
            queue.usedEvent(queue.usedIndex());
        }
        MockQueue.Used used = transport.awaitUsed(RX);
        MockBuffer buffer = posted.remove(used.head());
        byte[] bytes = Arrays.copyOf(buffer.bytes(), (int) used.written());
        post(buffer);
        transport.kick(RX);
        return parse(bytes);
    }

    /** The next packet if there is one by now. */
    Received poll() {
        return transport.queue(RX).hasUsed() ? receive() : null;
    }

    private static Received parse(byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (header.getLong(0) != 2 || header.getLong(8) != CID || header.getShort(28) != 1) {
            throw new AssertionError(
                    "packet from " + header.getLong(0) + " to " + header.getLong(8));
        }
        if (header.getInt(24) != bytes.length - 44) {
            throw new AssertionError(
                    "length " + header.getInt(24) + " in " + bytes.length + " bytes");
        }
        return new Received(
                header.getInt(16),
                header.getInt(20),
                header.getShort(30),
                header.getInt(32),
                header.getInt(36),
                header.getInt(40),
                Arrays.copyOfRange(bytes, 44, bytes.length));
    }

    @Override
    public void close() {
        transport.close();
    }
}
