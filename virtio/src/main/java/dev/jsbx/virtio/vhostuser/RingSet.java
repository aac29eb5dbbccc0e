package dev.jsbx.virtio.vhostuser;

import dev.jsbx.virtio.device.DeviceContext;
import dev.jsbx.virtio.device.DeviceQueue;
import dev.jsbx.virtio.device.VirtioDevice;
import dev.jsbx.vmm.memory.BadGuestAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All rings of a device, and whether the device is at work on them. Each change first quiesces the
 * device; {@link #activate} sets it to work on whatever is live then.
 */
final class RingSet implements AutoCloseable {
    private final VirtioDevice device;
    private final Consumer<String> log;
    private final Vring[] rings;
    private boolean active;
    private boolean stopped = true;

    RingSet(VirtioDevice device, Consumer<String> log) {
        this.device = device;
        this.log = log;
        int[] sizes = device.queueSizes();
        rings = new Vring[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            rings[i] = new Vring(i, sizes[i]);
        }
    }

    int count() {
        return rings.length;
    }

    /**
     * @throws ProtocolException if the device has no such ring
     */
    Vring get(int index) {
        if (index < 0 || index >= rings.length) {
            throw new ProtocolException("ring " + index + " of " + rings.length);
        }
        return rings[index];
    }

    void enableAll(boolean on) {
        for (Vring ring : rings) {
            ring.enable(on);
        }
    }

    /** Stops the device; afterwards rings, memory and descriptors may change. */
    void quiesce() {
        if (!active) {
            return;
        }
        active = false;
        device.quiesce();
        for (Vring ring : rings) {
            ring.pause();
        }
    }

    /** Says that the front-end stopped a ring; see {@link #activate}. */
    void stop(Vring ring) {
        quiesce();
        ring.stop();
        stopped = true;
        for (Vring other : rings) {
            stopped &= !other.isLive();
        }
    }

    /** Sets the device to work on the live rings, if there are any. */
    void activate(RegionTable regions, long features) {
        List<Vring> live = new ArrayList<>();
        for (Vring ring : rings) {
            if (ring.isLive()) {
                live.add(ring);
            }
        }
        if (active || live.isEmpty() || regions.isEmpty()) {
            return;
        }
        // Rings that all begin anew have a new driver behind them: the guest was reset, which
        // front-ends without RESET_DEVICE tell in no other way.
        if (stopped && live.stream().allMatch(ring -> ring.base() == 0)) {
            device.reset();
        }
        stopped = false;
        List<DeviceQueue> queues = new ArrayList<>();
        try {
            for (Vring ring : live) {
                queues.add(ring.open(regions, features, log));
            }
        } catch (BadGuestAddress e) {
            throw new ProtocolException("ring outside memory: " + e.getMessage());
        }
        active = true;
        device.activate(new DeviceContext(regions.memory(), features, queues, () -> {}, log));
    }

    /** Makes the device forget its driver, and disables every ring (RESET_DEVICE). */
    void resetDevice() {
        quiesce();
        device.reset();
        for (Vring ring : rings) {
            ring.enable(false);
            ring.base(0);
        }
        stopped = true;
    }

    /** The front-end has gone: resets the device and closes the descriptors. */
    @Override
    public void close() {
        resetDevice();
        for (Vring ring : rings) {
            ring.close();
        }
    }
}
