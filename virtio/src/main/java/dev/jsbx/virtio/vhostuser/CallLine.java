package dev.jsbx.virtio.vhostuser;

import dev.jsbx.vmm.linux.EventFd;

/**
 * The front-end's descriptor for interrupts of one ring, which it may replace while the device
 * runs. Thread-safe.
 */
final class CallLine implements Runnable {
    private EventFd event;

    /** Takes a new descriptor, or none, and closes the old one. */
    synchronized void replace(EventFd replacement) {
        if (event != null) {
            event.close();
        }
        event = replacement;
    }

    /** Interrupts. Without a descriptor the driver polls. */
    @Override
    public synchronized void run() {
        if (event != null) {
            event.signal();
        }
    }
}
