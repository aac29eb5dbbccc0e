package dev.jsbx.virtio.device;

import dev.jsbx.virtio.queue.DescriptorChain;
import dev.jsbx.virtio.queue.VirtQueue;
import dev.jsbx.vmm.linux.EventFd;

/**
 * A queue as the device sees it: the ring, the driver's kicks, and the way to interrupt the driver.
 * The transport owns the kick's descriptor.
 */
public final class DeviceQueue {
    private final int index;
    private final VirtQueue ring;
    private final EventFd kick;
    private final Runnable interrupt;

    /**
     * @param index 0 for a device's first queue
     * @param kick readable when the driver has added chains
     * @param interrupt tells the driver of used chains; any thread may run it
     */
    public DeviceQueue(int index, VirtQueue ring, EventFd kick, Runnable interrupt) {
        this.index = index;
        this.ring = ring;
        this.kick = kick;
        this.interrupt = interrupt;
    }

    /** 0 for a device's first queue. */
    public int index() {
        return index;
    }

    /** The ring. */
    public VirtQueue ring() {
        return ring;
    }

    /** Readable when the driver has added chains; also once after activation. */
    public EventFd kick() {
        return kick;
    }

    /** Interrupts the driver, wanted or not. */
    public void signal() {
        interrupt.run();
    }

    /**
     * Interrupts the driver if it wants to know of what was pushed; after every batch.
     *
     * @return whether it did
     */
    public boolean signalIfNeeded() {
        if (ring.needsSignal()) {
            interrupt.run();
            return true;
        }
        return false;
    }

    /**
     * Serves the chains that wait, and interrupts the driver if it wants that. Returns when none is
     * left, and then the next one brings a kick; or after as many as the queue is long, having
     * kicked itself, so that a driver which adds without end cannot hold the worker.
     *
     * @param chain scratch, overwritten
     */
    public void drain(DescriptorChain chain, ChainHandler handler) {
        int budget = ring.rings().size();
        do {
            ring.disableNotifications();
            while (budget > 0 && ring.pop(chain)) {
                ring.push(chain, handler.handle(chain));
                budget--;
            }
            signalIfNeeded();
            if (budget == 0) {
                kick.signal();
                return;
            }
        } while (ring.enableNotifications());
    }
}
