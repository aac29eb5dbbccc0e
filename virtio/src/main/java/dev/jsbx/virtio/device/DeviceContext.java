package dev.jsbx.virtio.device;

import dev.jsbx.vmm.memory.GuestMemory;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a transport gives a device for one time of activity. Immutable; any thread of the device may
 * use it until {@link VirtioDevice#quiesce} returns.
 */
public final class DeviceContext {
    private final GuestMemory memory;
    private final long features;
    private final List<DeviceQueue> queues;
    private final Runnable configChanged;
    private final Consumer<String> needsReset;

    /**
     * @param memory the guest's
     * @param features negotiated
     * @param queues those that the driver has set up, in order of their index
     * @param configChanged interrupts the driver because of its configuration space
     * @param needsReset marks the device broken and tells the driver so (DEVICE_NEEDS_RESET)
     */
    public DeviceContext(
            GuestMemory memory,
            long features,
            List<DeviceQueue> queues,
            Runnable configChanged,
            Consumer<String> needsReset) {
        this.memory = memory;
        this.features = features;
        this.queues = List.copyOf(queues);
        this.configChanged = configChanged;
        this.needsReset = needsReset;
    }

    /** The guest's memory. */
    public GuestMemory memory() {
        return memory;
    }

    /** Whether all bits of {@code feature} were negotiated. */
    public boolean has(long feature) {
        return (features & feature) == feature;
    }

    /** The queues that the driver has set up, in order of their index. */
    public List<DeviceQueue> queues() {
        return queues;
    }

    /**
     * The queue with that index.
     *
     * @return null if the driver has not set it up
     */
    public DeviceQueue queue(int index) {
        for (DeviceQueue queue : queues) {
            if (queue.index() == index) {
                return queue;
            }
        }
        return null;
    }

    /** Tells the driver that the configuration space has changed. */
    public void configChanged() {
        configChanged.run();
    }

    /**
     * Gives up until the driver resets the device: for errors that no single request can carry. The
     * device itself stops using its queues.
     *
     * @param reason for the log
     */
    public void needsReset(String reason) {
        needsReset.accept(reason);
    }

    /** What a {@link Worker} reports when a handler threw: a fault of ours, told as a reset. */
    public void failed(Throwable fault) {
        needsReset("internal error: " + fault);
    }
}
