package dev.jsbx.cli.rehearsal;

import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.FrameHandler;
import dev.jsbx.netstack.link.FramePool;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.virtio.net.NetFeatures;
import dev.jsbx.virtio.vhostuser.FrontEnd;
import dev.jsbx.vmm.linux.Epoll;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;

/** A network card's driver, with the features and the habits of Linux', as a stack's link. */
final class GuestWire implements Link {
    static final long FEATURES =
            NetFeatures.VIRTIO_NET_F_CSUM
                    | NetFeatures.VIRTIO_NET_F_GUEST_CSUM
                    | NetFeatures.VIRTIO_NET_F_GUEST_TSO4
                    | NetFeatures.VIRTIO_NET_F_HOST_TSO4
                    | NetFeatures.VIRTIO_NET_F_MRG_RXBUF;

    private static final int QUEUE = 256;
    private static final int RECEIVE_BUFFER = 4096;
    private static final int FRAME = (Offload.SIZE + MAX_FRAME + 63) & ~63;

    /** Frames on their way to the card: two descriptors each, one for the headers. */
    private static final int SENDS = 64;

    /** What it takes of the guest's memory, in bytes. */
    static final long MEMORY = 8L << 20;

    private static final int RETAINED = 128;
    private static final int NUM_BUFFERS = 10;

    private final FrontEnd.Queue receiveq;
    private final FrontEnd.Queue transmitq;
    private final MemorySegment memory;
    private final long receiveBuffers;
    private final long sendBuffers;
    private final int mtu;
    private final Epoll readiness = new Epoll(2);
    private final FramePool pool = new FramePool(RETAINED, FRAME);
    private final Frame frame = new Frame();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** A driver that has given the card all its receive buffers. */
    GuestWire(FrontEnd machine, int mtu) {
        this.mtu = mtu;
        memory = machine.memory();
        receiveBuffers = machine.allocate((long) QUEUE * RECEIVE_BUFFER, RECEIVE_BUFFER);
        sendBuffers = machine.allocate((long) SENDS * FRAME, RECEIVE_BUFFER);
        receiveq = machine.queue(0, QUEUE);
        transmitq = machine.queue(1, QUEUE);
        for (int i = 0; i < QUEUE; i++) {
            long at = receiveBuffers + (long) i * RECEIVE_BUFFER;
            receiveq.rings().describe(i, at, RECEIVE_BUFFER, true, -1);
            receiveq.rings().offer(i);
        }
        receiveq.publish();
        receiveq.rings().awaitUsed();
        for (int i = 0; i < SENDS; i++) {
            free.add(i);
        }
        readiness.add(receiveq.call().fd().number(), Epoll.EPOLLIN, 0);
        readiness.add(transmitq.call().fd().number(), Epoll.EPOLLIN, 1);
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int offloads() {
        return CHECKSUM | TSO4;
    }

    @Override
    public int receive(FrameHandler handler, int budget) {
        receiveq.call().drain();
        transmitq.call().drain();
        int count = 0;
        do {
            while (count < budget && receiveq.rings().take()) {
                frame(handler);
                count++;
            }
            receiveq.publish();
            if (count == budget) {
                receiveq.call().signal();
                return count;
            }
        } while (!receiveq.rings().awaitUsed());
        return count;
    }

    // A frame of several buffers was shown with all of them.
    private void frame(FrameHandler handler) {
        pool.next();
        MemorySegment to = pool.memory();
        int length = buffer(to, 0);
        int buffers = to.get(ValueLayout.JAVA_SHORT_UNALIGNED, NUM_BUFFERS);
        for (int i = 1; i < buffers && receiveq.rings().take(); i++) {
            length += buffer(to, length);
        }
        frame.offload().read(to, 0);
        frame.set(to, Offload.SIZE, length - Offload.SIZE, pool.backing());
        handler.frame(frame);
    }

    private int buffer(MemorySegment to, int at) {
        int descriptor = receiveq.rings().head();
        int length = receiveq.rings().written();
        long from = receiveBuffers + (long) descriptor * RECEIVE_BUFFER;
        MemorySegment.copy(memory, from, to, at, length);
        receiveq.rings().offer(descriptor);
        return length;
    }

    @Override
    public boolean transmit(OutFrame out) {
        while (transmitq.rings().take()) {
            free.add(transmitq.rings().head() / 2);
        }
        if (free.isEmpty()) {
            transmitq.publish();
            if (transmitq.rings().awaitUsed()) {
                return false;
            }
            return transmit(out);
        }
        int slot = free.remove();
        long at = sendBuffers + (long) slot * FRAME;
        out.offload().write(memory, at);
        out.copyTo(memory, at + Offload.SIZE, 0, out.length());
        int headers = Offload.SIZE + out.headerLength();
        int payload = out.payloadLength();
        int first = 2 * slot;
        transmitq.rings().describe(first, at, headers, false, payload == 0 ? -1 : first + 1);
        if (payload > 0) {
            transmitq.rings().describe(first + 1, at + headers, payload, false, -1);
        }
        transmitq.rings().offer(first);
        return true;
    }

    @Override
    public void flush() {
        transmitq.publish();
    }

    @Override
    public int readinessFd() {
        return readiness.fd().number();
    }

    @Override
    public void close() {
        readiness.close();
        pool.close();
    }
}
