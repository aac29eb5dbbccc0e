package dev.jsbx.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.virtio.mock.MockMemory;
import dev.jsbx.virtio.queue.SplitRings;
import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Mapping;
import dev.jsbx.vmm.linux.MemFd;
import dev.jsbx.vmm.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The VMM's end of a vhost-user connection, with memory of one region in a memfd. */
final class MockFrontend implements AutoCloseable {
    /** Where the front-end pretends to have mapped the guest's memory. */
    static final long USER = 0x7f00_0000_0000L;

    static final int MEMORY = 4 << 20;

    private final Fd socket;
    private final Fd memfd = MemFd.create("mock-guest", MEMORY);
    private final Mapping mapping = Mapping.shared(memfd, 0, MEMORY);
    private final MockMemory memory = new MockMemory(mapping.segment());

    MockFrontend(Path path) {
        socket = Sockets.connect(path, false);
    }

    MockMemory memory() {
        return memory;
    }

    static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] u64(long value) {
        return payload(8).putLong(value).array();
    }

    static byte[] state(int index, int number) {
        return payload(8).putInt(index).putInt(number).array();
    }

    void send(int request, byte[] payload, Fd... fds) {
        send(request, Protocol.VERSION, payload, fds);
    }

    void send(int request, int flags, byte[] payload, Fd... fds) {
        byte[] header = payload(12).putInt(request).putInt(flags).putInt(payload.length).array();
        sendRaw(header, fds);
        if (payload.length > 0) {
            sendRaw(payload);
        }
    }

    void sendRaw(byte[] bytes, Fd... fds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            Sockets.send(socket.number(), segment, List.of(fds));
        }
    }

    /** The payload of the next reply, which must be one to {@code request}. */
    ByteBuffer reply(int request) {
        ByteBuffer header = ByteBuffer.wrap(read(12)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.getInt()).isEqualTo(request);
        assertThat(header.getInt()).isEqualTo(Protocol.VERSION | Protocol.FLAG_REPLY);
        return ByteBuffer.wrap(read(header.getInt())).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] read(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, length));
            int done = 0;
            while (done < length) {
                long n =
                        Sockets.receive(
                                socket.number(),
                                bytes.asSlice(done, length - done),
                                new ArrayList<>());
                assertThat(n).as("connection closed by the server").isPositive();
                done += (int) n;
            }
            return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    long ask(int request) {
        send(request, new byte[0]);
        return reply(request).getLong();
    }

    /** Waits until the server has closed the connection. */
    void awaitClosed() {
        try (Arena arena = Arena.ofConfined()) {
            long n = Sockets.receive(socket.number(), arena.allocate(1), new ArrayList<>());
            assertThat(n).isLessThanOrEqualTo(0);
        }
    }

    /** Features, owner and memory, as QEMU does it. */
    void negotiate(long features, long protocolFeatures) {
        ask(Protocol.VHOST_USER_GET_FEATURES);
        ask(Protocol.VHOST_USER_GET_PROTOCOL_FEATURES);
        send(Protocol.VHOST_USER_SET_PROTOCOL_FEATURES, u64(protocolFeatures));
        send(Protocol.VHOST_USER_SET_OWNER, new byte[0]);
        send(Protocol.VHOST_USER_SET_FEATURES, u64(features));
        send(Protocol.VHOST_USER_SET_MEM_TABLE, memoryTable(), memfd);
    }

    private static byte[] memoryTable() {
        return payload(40).putInt(1).putInt(0).put(region()).array();
    }

    static byte[] region() {
        return payload(32).putLong(0).putLong(MEMORY).putLong(USER).putLong(0).array();
    }

    Fd memfd() {
        return memfd;
    }

    /** Size, base and addresses of a ring. */
    void placeRing(int index, SplitRings rings, int base) {
        send(Protocol.VHOST_USER_SET_VRING_NUM, state(index, rings.size()));
        send(Protocol.VHOST_USER_SET_VRING_BASE, state(index, base));
        send(
                Protocol.VHOST_USER_SET_VRING_ADDR,
                payload(40)
                        .putInt(index)
                        .putInt(0)
                        .putLong(USER + rings.descriptorTable())
                        .putLong(USER + rings.usedRing())
                        .putLong(USER + rings.availableRing())
                        .putLong(0)
                        .array());
    }

    /** Waits for an interrupt. */
    static void await(EventFd call) {
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(call.fd().number(), Epoll.EPOLLIN, 0);
            assertThat(epoll.await(20_000)).as("interrupts within 20 s").isEqualTo(1);
        }
        call.drain();
    }

    @Override
    public void close() {
        socket.close();
        mapping.close();
        memfd.close();
    }
}
