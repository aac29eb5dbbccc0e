package dev.jsbx.virtio.vhostuser;

import dev.jsbx.virtio.queue.DriverQueue;
import dev.jsbx.virtio.queue.RingFeatures;
import dev.jsbx.virtio.queue.SplitRings;
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

/**
 * The VMM's end of a connection, for who plays a VMM and its guest: memory of one region from
 * address 0 on, and a device's queues in it. Of one thread.
 *
 * @see VhostUserServer the other end
 */
public final class FrontEnd implements AutoCloseable {
    /** Where it pretends to have mapped the guest's memory. */
    private static final long USER = 0x7f00_0000_0000L;

    private final Fd socket;
    private final Fd memfd;
    private final Mapping mapping;
    private final long features;
    private final Message message = new Message();
    private final List<Queue> queues = new ArrayList<>();
    private long free;

    /**
     * A queue that the device serves.
     *
     * @param kick for the device to look at the queue
     * @param call the device's interrupt
     */
    public record Queue(DriverQueue rings, EventFd kick, EventFd call) {
        /** Shows the device what was offered, and wakes it if it wants that. */
        public void publish() {
            if (rings.publish()) {
                kick.signal();
            }
        }
    }

    private FrontEnd(Path path, long bytes, long wanted) {
        socket = Sockets.connect(path, false);
        memfd = MemFd.create("guest", bytes);
        mapping = Mapping.shared(memfd, 0, bytes);
        features =
                ask(Protocol.VHOST_USER_GET_FEATURES)
                        & (wanted
                                | RingFeatures.VIRTIO_F_VERSION_1
                                | RingFeatures.VIRTIO_F_EVENT_IDX
                                | Protocol.VHOST_USER_F_PROTOCOL_FEATURES);
        send(Protocol.VHOST_USER_SET_PROTOCOL_FEATURES, payload(Long.BYTES).putLong(0));
        send(Protocol.VHOST_USER_SET_OWNER, payload(0));
        send(Protocol.VHOST_USER_SET_FEATURES, payload(Long.BYTES).putLong(features));
        ByteBuffer table = payload(40).putInt(1).putInt(0);
        table.putLong(0).putLong(bytes).putLong(USER).putLong(0);
        send(Protocol.VHOST_USER_SET_MEM_TABLE, table, memfd);
    }

    /**
     * Connects and negotiates.
     *
     * @param bytes of memory, a multiple of 4096
     * @param wanted features of the device's type; with fewer, {@link #features} tells
     */
    public static FrontEnd connect(Path socket, long bytes, long wanted) {
        return new FrontEnd(socket, bytes, wanted);
    }

    /** What was agreed on, with the rings' features. */
    public long features() {
        return features;
    }

    /** The guest's memory. */
    public MemorySegment memory() {
        return mapping.segment();
    }

    /** A piece of it that nothing else has, zeroed: its address. */
    public long allocate(long bytes, long alignment) {
        long at = free + alignment - 1 & -alignment;
        if (at + bytes > memory().byteSize()) {
            throw new IllegalStateException("the guest has no " + bytes + " bytes more");
        }
        free = at + bytes;
        return at;
    }

    /**
     * Makes a queue and has the device serve it.
     *
     * @param size descriptors, a power of 2
     */
    public Queue queue(int index, int size) {
        SplitRings empty = new SplitRings(size, 0, 0, 0);
        SplitRings rings =
                new SplitRings(
                        size,
                        allocate(empty.descriptorTableBytes(), 16),
                        allocate(empty.availableRingBytes(true), 2),
                        allocate(empty.usedRingBytes(true), 4));
        Queue queue =
                new Queue(new DriverQueue(memory(), rings), EventFd.create(), EventFd.create());
        queues.add(queue);
        send(Protocol.VHOST_USER_SET_VRING_NUM, payload(8).putInt(index).putInt(size));
        send(Protocol.VHOST_USER_SET_VRING_BASE, payload(8).putInt(index).putInt(0));
        ByteBuffer places = payload(40).putInt(index).putInt(0);
        places.putLong(USER + rings.descriptorTable()).putLong(USER + rings.usedRing());
        places.putLong(USER + rings.availableRing()).putLong(0);
        send(Protocol.VHOST_USER_SET_VRING_ADDR, places);
        send(Protocol.VHOST_USER_SET_VRING_CALL, payload(8).putLong(index), queue.call().fd());
        send(Protocol.VHOST_USER_SET_VRING_KICK, payload(8).putLong(index), queue.kick().fd());
        send(Protocol.VHOST_USER_SET_VRING_ENABLE, payload(8).putInt(index).putInt(1));
        return queue;
    }

    private static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void send(int request, ByteBuffer payload, Fd... fds) {
        byte[] bytes = payload.array();
        ByteBuffer all = payload(Message.HEADER_SIZE + bytes.length);
        all.putInt(request).putInt(Protocol.VERSION).putInt(bytes.length).put(bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, all.array());
            if (Sockets.send(socket.number(), segment, List.of(fds)) != segment.byteSize()) {
                throw new ProtocolException("request " + request + " went nowhere");
            }
        }
    }

    private long ask(int request) {
        send(request, payload(0));
        if (!message.read(socket.number()) || message.request() != request) {
            throw new ProtocolException("no reply to request " + request);
        }
        return message.getLong(0);
    }

    @Override
    public void close() {
        for (Queue queue : queues) {
            queue.kick().close();
            queue.call().close();
        }
        message.close();
        socket.close();
        mapping.close();
        memfd.close();
    }
}
