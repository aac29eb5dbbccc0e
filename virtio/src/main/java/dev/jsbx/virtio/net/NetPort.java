package dev.jsbx.virtio.net;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.Fd;

/**
 * The rings of a network device, for the one thread of a {@link NetBackend}. Allocates nothing per
 * packet.
 */
public final class NetPort implements AutoCloseable {
    /** Bytes of {@code struct virtio_net_hdr} with {@code num_buffers} (virtio 1.2 §5.1.6). */
    public static final int HEADER = 12;

    /** The most receive buffers that one packet is spread over: 64 KiB of 1-KiB buffers. */
    static final int MAX_BUFFERS = 65;

    private static final int NUM_BUFFERS = 10;

    /**
     * With so many bytes taken, the guest waits for room to send more, in its queues if not here.
     */
    private static final int PROMPT_BYTES = 4096;

    private final DeviceContext context;
    private final DeviceQueue receiveq;
    private final DeviceQueue transmitq;
    private final boolean mergeable;
    private final DescriptorChain outgoing = new DescriptorChain();
    private final DescriptorChain[] incoming;
    private final Epoll epoll = new Epoll(2);
    private boolean sent;

    /** There were too few receive buffers, and the driver may have been asked to kick. */
    private boolean starved;

    /** Bytes of packets that the guest has not been told of, up to {@link #PROMPT_BYTES}. */
    private long taken;

    /** The guest was interrupted for packets given to it, since {@link #settle} was last called. */
    private boolean interrupted;

    NetPort(DeviceContext context, DeviceQueue receiveq, DeviceQueue transmitq) {
        this.context = context;
        this.receiveq = receiveq;
        this.transmitq = transmitq;
        mergeable = context.has(NetFeatures.VIRTIO_NET_F_MRG_RXBUF);
        incoming = new DescriptorChain[mergeable ? MAX_BUFFERS : 1];
        for (int i = 0; i < incoming.length; i++) {
            incoming[i] = new DescriptorChain();
        }
        epoll.add(transmitq.kick().fd().number(), Epoll.EPOLLIN, 0);
        epoll.add(receiveq.kick().fd().number(), Epoll.EPOLLIN, 1);
        receiveq.ring().disableNotifications();
        // Chains may wait already.
        transmitq.kick().signal();
    }

    /** Whether a feature was negotiated, of {@link NetFeatures}. */
    public boolean has(long feature) {
        return context.has(feature);
    }

    /**
     * Readable when {@link #receive} has packets, or when {@link #send} may have room again after
     * it had none.
     */
    public Fd readiness() {
        return epoll.fd();
    }

    /**
     * Takes packets that the guest has sent.
     *
     * @param budget how many at most, above 0
     * @return how many there were; fewer than the budget only if no more wait
     */
    public int receive(PacketHandler handler, int budget) {
        VirtQueue ring = transmitq.ring();
        transmitq.kick().drain();
        if (starved) {
            receiveq.kick().drain();
            starved = false;
        }
        int count = 0;
        do {
            ring.disableNotifications();
            while (count < budget && ring.pop(outgoing)) {
                long length = outgoing.readable().length();
                if (length >= HEADER) {
                    handler.packet(outgoing.readable());
                }
                ring.push(outgoing, 0);
                taken = Math.min(taken + Math.max(length, HEADER), PROMPT_BYTES);
                count++;
            }
            if (count == budget) {
                transmitq.kick().signal();
                return count;
            }
        } while (ring.enableNotifications());
        if (count == 0) {
            receiveq.kick().drain(); // a late one: nothing else made this readable
        }
        return count;
    }

    /**
     * Gives a packet to the guest, which sees it after {@link #flush}.
     *
     * @return false if the guest has no room for it now
     */
    public boolean send(PacketSource packet) {
        VirtQueue ring = receiveq.ring();
        int buffers = collect(ring, packet.length());
        if (buffers == 0) {
            return false;
        }
        if (buffers < 0) {
            return true;
        }
        int from = 0;
        for (int i = 0; i < buffers; i++) {
            DescriptorChain chain = incoming[i];
            int bytes = (int) Math.min(chain.writable().length(), packet.length() - from);
            packet.copyTo(chain.writable(), 0, from, bytes);
            if (i == 0) {
                chain.writable().setShort(NUM_BUFFERS, (short) buffers);
            }
            ring.stage(chain.head(), bytes);
            from += bytes;
        }
        sent = true;
        return true;
    }

    /**
     * Pops buffers for a packet.
     *
     * @return how many; 0 if there are too few now; -1 if the driver's buffers can never hold it,
     *     so that it is lost
     */
    private int collect(VirtQueue ring, int length) {
        long room = 0;
        int count = 0;
        while (room < length) {
            if (count == incoming.length) {
                ring.rewind(count);
                return -1;
            }
            if (!popBuffer(ring, incoming[count])) {
                ring.rewind(count);
                return 0;
            }
            room += incoming[count++].writable().length();
            if (count == 1 && room < HEADER) {
                context.needsReset("a receive buffer of " + room + " bytes");
                ring.rewind(count);
                return -1;
            }
        }
        return count;
    }

    private boolean popBuffer(VirtQueue ring, DescriptorChain chain) {
        if (ring.pop(chain)) {
            return true;
        }
        // From here on a kick says that there are buffers again; some may have come in between.
        starved = true;
        if (!ring.enableNotifications()) {
            return false;
        }
        ring.disableNotifications();
        return ring.pop(chain);
    }

    /**
     * Shows the guest what was taken and given since the last time; after every batch.
     *
     * @return whether the guest may still want to hear of a few small packets that were taken, by
     *     {@link #settle} before long. A driver that is interrupted for an answer to them looks at
     *     both queues, so that most often nothing has to be said any more: an interrupt costs a
     *     guest as much as a packet.
     */
    public boolean flush() {
        if (taken == PROMPT_BYTES) {
            tellTaken();
        }
        if (sent) {
            sent = false;
            receiveq.ring().publish();
            interrupted |= receiveq.signalIfNeeded();
        }
        return taken > 0;
    }

    /**
     * Tells the guest what was taken, unless it has seen that by now; puts that off if the guest
     * was interrupted since the last call.
     *
     * @return whether it was put off, so that this must be called again before long
     */
    public boolean settle() {
        if (interrupted) {
            interrupted = false;
            return taken > 0;
        }
        tellTaken();
        return false;
    }

    private void tellTaken() {
        taken = 0;
        transmitq.signalIfNeeded();
    }

    @Override
    public void close() {
        if (taken > 0) {
            tellTaken(); // who goes on with the rings does not know
        }
        epoll.close();
    }
}
