package dev.jsbx.virtio.vsock;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.virtio.device.Watch;
import dev.jsbx.virtio.device.Worker;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.VirtQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sockets between guest and host. One thread for queues and sockets alike, which lives as long as
 * the device: connections outlast a pause, and the host may connect at any time.
 */
public final class VsockDevice implements VirtioDevice {
    /** Device type (virtio 1.2 §5). */
    public static final int VIRTIO_ID_VSOCK = 19;

    /** Context ids below are reserved. */
    public static final long FIRST_GUEST_CID = 3;

    private static final int RX = 0;
    private static final int TX = 1;
    private static final int EVENT = 2;
    private static final int QUEUE_SIZE = 256;
    private static final int EVENT_SIZE = 4;

    /** Less than a header and one byte of data is no buffer. */
    private static final int MIN_RX_BUFFER = Packet.HEADER_SIZE + 1;

    private final long guestCid;
    private final Worker worker;
    private final Muxer muxer;
    private final GuestBound guestBound;
    private final DescriptorChain rxChain = new DescriptorChain();
    private final DescriptorChain txChain = new DescriptorChain();
    private final List<Watch> watches = new ArrayList<>();
    private DeviceContext context;
    private DeviceQueue rx;
    private DeviceQueue tx;
    private DeviceQueue events;
    private boolean txWaits;
    private int eventsAdded;
    private ResetNotice notice = ResetNotice.NONE;

    /** How far the guest has been told that all connections are gone. */
    private enum ResetNotice {
        NONE,
        DUE,
        SENT
    }

    /**
     * Starts to listen for the host.
     *
     * @param guestCid the guest's context id, from {@link #FIRST_GUEST_CID} on
     * @param path of the Unix socket for connections into the guest; those out of it go to this
     *     path with {@code _port} appended
     * @param log told of errors of this device, from its thread
     * @throws dev.jsbx.vmm.linux.LinuxException if the path cannot be bound
     */
    public VsockDevice(long guestCid, Path path, Consumer<String> log) {
        if (guestCid < FIRST_GUEST_CID || guestCid >= 0xffffffffL) {
            throw new IllegalArgumentException("context id " + guestCid);
        }
        this.guestCid = guestCid;
        worker = new Worker("virtio-vsock", fault -> fail(fault, log));
        muxer = new Muxer(guestCid, path, worker, this::serveRx);
        guestBound = new GuestBound(guestCid, muxer);
        worker.start();
    }

    private void fail(Throwable fault, Consumer<String> log) {
        log.accept("vsock: internal error: " + fault);
        if (context != null) {
            context.failed(fault);
        }
    }

    @Override
    public int type() {
        return VIRTIO_ID_VSOCK;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int[] queueSizes() {
        return new int[] {QUEUE_SIZE, QUEUE_SIZE, QUEUE_SIZE};
    }

    @Override
    public byte[] config() {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(guestCid)
                .array();
    }

    @Override
    public void activate(DeviceContext with) {
        worker.run(
                () -> {
                    context = with;
                    rx = with.queue(RX);
                    tx = with.queue(TX);
                    events = with.queue(EVENT);
                    if (events == null) {
                        // Some front-ends keep this queue to themselves, and tell the guest too.
                        notice = ResetNotice.NONE;
                    }
                    serve(events, this::serveEvents);
                    serve(rx, this::serveRx);
                    serve(tx, this::serveTx);
                });
    }

    private void serve(DeviceQueue queue, Runnable process) {
        if (queue != null) {
            watches.add(worker.serve(queue, process));
        }
    }

    /** Packets of the guest; they wait in the ring while it does not take the answers. */
    private void serveTx() {
        if (tx == null) {
            return;
        }
        VirtQueue ring = tx.ring();
        int budget = ring.rings().size();
        txWaits = false;
        do {
            ring.disableNotifications();
            while (budget > 0 && muxer.acceptsPackets() && ring.pop(txChain)) {
                muxer.take(txChain.readable());
                ring.push(txChain, 0);
                budget--;
            }
            if (budget == 0) {
                tx.kick().signal();
                break;
            }
            if (!muxer.acceptsPackets()) {
                txWaits = true;
                break;
            }
        } while (ring.enableNotifications());
        tx.signalIfNeeded();
        serveRx();
    }

    /** Whatever is due goes into the guest's buffers, as far as there are any. */
    private void serveRx() {
        if (rx == null || notice != ResetNotice.NONE) {
            return;
        }
        VirtQueue ring = rx.ring();
        int budget = ring.rings().size();
        ring.disableNotifications();
        while (guestBound.hasWork() && budget > 0) {
            if (!ring.pop(rxChain)) {
                if (ring.enableNotifications()) {
                    continue;
                }
                break;
            }
            if (rxChain.writable().length() < MIN_RX_BUFFER) {
                ring.markBroken("a receive buffer of " + rxChain.writable().length() + " bytes");
                break;
            }
            long filled = guestBound.fill(rxChain.writable());
            if (filled == 0) {
                ring.rewind(1);
            } else {
                ring.push(rxChain, filled);
                budget--;
            }
        }
        rx.signalIfNeeded();
        if (budget == 0 && guestBound.hasWork()) {
            rx.kick().signal();
        }
        if (txWaits && muxer.acceptsPackets()) {
            tx.kick().signal();
        }
    }

    /**
     * Tells a restored guest that its connections are gone (VIRTIO_VSOCK_EVENT_TRANSPORT_RESET).
     * Nothing else is sent before it has handled that: otherwise the interrupt of another queue
     * could overtake the event, and new connections would die with the old.
     */
    private void serveEvents() {
        if (events == null) {
            return;
        }
        VirtQueue ring = events.ring();
        if (notice == ResetNotice.DUE && ring.pop(txChain)) {
            long room = txChain.writable().length();
            txChain.writable().zero(0, Math.min(room, EVENT_SIZE));
            eventsAdded = ring.availableIndex();
            ring.push(txChain, EVENT_SIZE);
            notice = ResetNotice.SENT;
            events.signal();
        }
        if (notice != ResetNotice.SENT) {
            ring.enableNotifications();
            return;
        }
        // The driver gives the buffer back when it has done what the event demands.
        ring.notifyOnNextAddition();
        if (ring.availableIndex() != eventsAdded) {
            notice = ResetNotice.NONE;
            serveRx();
        }
    }

    /** The port that the next connection by the host will have, for a snapshot. */
    public int nextHostPort() {
        int[] port = new int[1];
        worker.run(() -> port[0] = muxer.nextHostPort());
        return port[0];
    }

    /**
     * Prepares a fresh device for a guest that was restored from a snapshot: once activated, it
     * first tells the guest that its connections are gone.
     *
     * @param nextHostPort as it was in the snapshot
     */
    public void restored(int nextHostPort) {
        worker.run(
                () -> {
                    muxer.nextHostPort(nextHostPort);
                    notice = ResetNotice.DUE;
                });
    }

    @Override
    public void quiesce() {
        worker.run(
                () -> {
                    watches.forEach(Watch::close);
                    watches.clear();
                    context = null;
                    rx = null;
                    tx = null;
                    events = null;
                });
    }

    @Override
    public void reset() {
        quiesce();
        worker.run(
                () -> {
                    muxer.reset();
                    notice = ResetNotice.NONE;
                });
    }

    @Override
    public void close() {
        quiesce();
        worker.run(muxer::close);
        worker.close();
    }
}
