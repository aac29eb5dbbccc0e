package dev.jsbx.virtio.device;

import dev.jsbx.vmm.memory.MemoryWindow;

/**
 * A virtio device, whatever transport carries it.
 *
 * <pre>
 *   made ──activate──▶ active ──quiesce──▶ paused ──activate──▶ active …
 *                        │ reset             │ reset
 *                        └────────▶ made ◀───┘                    close at the end, from any
 * </pre>
 *
 * <p>One thread of the transport at a time calls {@link #activate}, {@link #quiesce}, {@link
 * #reset} and {@link #close}; the others may be called from any thread at any time.
 */
public interface VirtioDevice extends AutoCloseable {
    /** The device type (virtio 1.2 §5), such as 2 for a block device. */
    int type();

    /** Feature bits 0 to 23 of this type that are offered; those of the rings come on top. */
    long features();

    /** The largest size of each queue, a power of 2; the length is the number of queues. */
    int[] queueSizes();

    /** The device-specific configuration space as it is now, little-endian; may be empty. */
    byte[] config();

    /**
     * How much memory for the guest to map it wants, as region 0 (virtio 1.2 §2.10), in bytes; most
     * devices want none.
     */
    default long sharedMemoryBytes() {
        return 0;
    }

    /**
     * Gives it that memory, before it is first activated; a transport that has none to give does
     * not.
     *
     * @param window outlives the device's activity, but not its {@link #reset}
     */
    default void sharedMemory(MemoryWindow window) {}

    /**
     * The driver writes to the configuration space. Whatever does not concern a writable field is
     * ignored.
     *
     * @param offset of the first byte; the range may exceed the space
     */
    default void writeConfig(int offset, byte[] bytes) {}

    /**
     * The driver is ready: the device starts to serve the queues, including what waits in them
     * already. If it was quiesced before, it goes on with the state it had.
     *
     * @throws RuntimeException if it cannot start; the transport then says NEEDS_RESET
     */
    void activate(DeviceContext context);

    /**
     * Stops: every popped chain is pushed or rewound, and when this returns no thread of the device
     * touches the context's memory or queues any more. State apart from the queues is kept. Without
     * effect on a device that is not active.
     */
    void quiesce();

    /** Quiesces, and forgets whatever it knew of the driver, as when the guest reboots. */
    void reset();

    /** Quiesces, and gives back what it holds of the host. */
    @Override
    void close();
}
