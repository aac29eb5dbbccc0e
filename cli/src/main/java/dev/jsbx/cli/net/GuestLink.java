package dev.jsbx.cli.net;

import dev.jsbx.netstack.link.Frame;
import dev.jsbx.netstack.link.FrameHandler;
import dev.jsbx.netstack.link.FramePool;
import dev.jsbx.netstack.link.Link;
import dev.jsbx.netstack.link.Offload;
import dev.jsbx.netstack.link.OutFrame;
import dev.jsbx.virtio.net.NetBackend;
import dev.jsbx.virtio.net.NetFeatures;
import dev.jsbx.virtio.net.NetPort;
import dev.jsbx.virtio.net.PacketHandler;
import dev.jsbx.virtio.net.PacketSource;
import dev.jsbx.virtio.queue.ReadableBuffers;
import dev.jsbx.virtio.queue.WritableBuffers;
import dev.jsbx.vmm.linux.Epoll;
import io.netty.util.concurrent.EventExecutor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * A network card as the stack's link. The stack's event loop calls the {@link Link} side; the
 * device's transport calls {@link #attached} and {@link #detached}, which wait for the loop.
 */
public final class GuestLink implements Link, NetBackend {
    private static final int BUFFERS = 128;

    /** How long a guest may wait to hear that a few small frames were taken, in µs. */
    private static final int SETTLE_AFTER = 1000;

    private static final int BUFFER_SIZE = (NetPort.HEADER + MAX_FRAME + 63) & ~63;

    /** What this side can do, for the card to offer. */
    public static final long FEATURES =
            NetFeatures.VIRTIO_NET_F_CSUM
                    | NetFeatures.VIRTIO_NET_F_HOST_TSO4
                    | NetFeatures.VIRTIO_NET_F_HOST_TSO6
                    | NetFeatures.VIRTIO_NET_F_HOST_USO
                    | NetFeatures.VIRTIO_NET_F_GUEST_CSUM
                    | NetFeatures.VIRTIO_NET_F_GUEST_TSO4
                    | NetFeatures.VIRTIO_NET_F_GUEST_TSO6
                    | NetFeatures.VIRTIO_NET_F_GUEST_USO4
                    | NetFeatures.VIRTIO_NET_F_GUEST_USO6;

    private final EventExecutor loop;
    private final int mtu;
    private final Epoll readiness = new Epoll(1);
    private final FramePool pool = new FramePool(BUFFERS, BUFFER_SIZE);
    private final Frame frame = new Frame();
    private final Outgoing outgoing = new Outgoing();
    private final PacketHandler toHandler = this::packet;
    private final Runnable settle = this::settle;
    private FrameHandler handler;
    private NetPort port;
    private boolean settling;

    /**
     * @param loop the stack's
     * @param mtu of the card, in bytes
     */
    public GuestLink(EventExecutor loop, int mtu) {
        this.loop = loop;
        this.mtu = mtu;
    }

    @Override
    public void attached(NetPort attached) {
        onLoop(
                () -> {
                    port = attached;
                    readiness.add(attached.readiness().number(), Epoll.EPOLLIN, 0);
                });
    }

    @Override
    public void detached() {
        onLoop(
                () -> {
                    if (port != null) {
                        readiness.remove(port.readiness().number());
                        port = null;
                    }
                });
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else if (!loop.isShuttingDown()) {
            loop.submit(task).syncUninterruptibly();
        }
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int offloads() {
        NetPort current = port;
        if (current == null || !current.has(NetFeatures.VIRTIO_NET_F_GUEST_CSUM)) {
            return 0;
        }
        return CHECKSUM
                | (current.has(NetFeatures.VIRTIO_NET_F_GUEST_TSO4) ? TSO4 : 0)
                | (current.has(NetFeatures.VIRTIO_NET_F_GUEST_TSO6) ? TSO6 : 0)
                | (current.has(NetFeatures.VIRTIO_NET_F_GUEST_USO4) ? USO4 : 0)
                | (current.has(NetFeatures.VIRTIO_NET_F_GUEST_USO6) ? USO6 : 0);
    }

    @Override
    public int receive(FrameHandler to, int budget) {
        if (port == null) {
            return 0;
        }
        handler = to;
        return port.receive(toHandler, budget);
    }

    private void packet(ReadableBuffers packet) {
        long length = packet.length();
        if (length <= NetPort.HEADER || length > BUFFER_SIZE) {
            return;
        }
        pool.next();
        MemorySegment memory = pool.memory();
        packet.copyTo(0, memory, 0, length);
        frame.offload().read(memory, 0);
        frame.set(memory, Offload.SIZE, (int) length - Offload.SIZE, pool.backing());
        handler.frame(frame);
    }

    @Override
    public boolean transmit(OutFrame out) {
        if (port == null) {
            return true; // a wire without a card at its end loses what is sent
        }
        outgoing.frame = out;
        return port.send(outgoing);
    }

    @Override
    public void flush() {
        if (port != null && port.flush() && !settling) {
            settling = true;
            settleLater();
        }
    }

    private void settleLater() {
        loop.schedule(settle, SETTLE_AFTER, TimeUnit.MICROSECONDS);
    }

    private void settle() {
        if (port != null && port.settle()) {
            settleLater();
        } else {
            settling = false;
        }
    }

    @Override
    public int readinessFd() {
        return readiness.fd().number();
    }

    @Override
    public void close() {
        detached();
        readiness.close();
        pool.close();
    }

    /** A frame of the stack as the card wants it: the offload header and then the frame. */
    private static final class Outgoing implements PacketSource {
        private OutFrame frame;

        @Override
        public int length() {
            return Offload.SIZE + frame.length();
        }

        @Override
        public void copyTo(WritableBuffers to, long at, int from, int bytes) {
            MemorySegment head = frame.offloadAndHeader();
            int headLength = Offload.SIZE + frame.headerLength();
            if (from == 0) {
                frame.offload().write(head, 0);
            }
            long out = at;
            int left = bytes;
            int skip = from;
            if (skip < headLength) {
                int n = Math.min(left, headLength - skip);
                to.copyFrom(out, head, skip, n);
                out += n;
                left -= n;
                skip = 0;
            } else {
                skip -= headLength;
            }
            for (int i = 0; left > 0; i++) {
                int n = Math.min(left, frame.pieceLength(i) - skip);
                if (n > 0) {
                    to.copyFrom(out, frame.pieceMemory(i), frame.pieceAt(i) + skip, n);
                    out += n;
                    left -= n;
                    skip = 0;
                } else {
                    skip -= frame.pieceLength(i);
                }
            }
        }
    }
}
