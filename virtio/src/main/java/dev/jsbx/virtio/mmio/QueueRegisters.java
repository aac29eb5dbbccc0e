package dev.jsbx.virtio.mmio;

import dev.jsbx.virtio.queue.SplitRings;

/** What the driver has written about one queue. */
final class QueueRegisters {
    private final int maxSize;
    int size;
    boolean ready;
    long descriptors;
    long driver;
    long device;

    QueueRegisters(int maxSize) {
        this.maxSize = maxSize;
        clear();
    }

    void clear() {
        size = maxSize;
        ready = false;
        descriptors = 0;
        driver = 0;
        device = 0;
    }

    int maxSize() {
        return maxSize;
    }

    /**
     * @throws IllegalArgumentException if the driver wrote what cannot be
     */
    SplitRings rings() {
        if (size > maxSize) {
            throw new IllegalArgumentException("queue size " + size + " of at most " + maxSize);
        }
        return new SplitRings(size, descriptors, driver, device);
    }

    /** Writes the half of an address that {@code register} is; even ones are the low halves. */
    void writeAddress(int register, long value) {
        switch (register) {
            case Register.QueueDescLow -> descriptors = withLow(descriptors, value);
            case Register.QueueDescHigh -> descriptors = withHigh(descriptors, value);
            case Register.QueueDriverLow -> driver = withLow(driver, value);
            case Register.QueueDriverHigh -> driver = withHigh(driver, value);
            case Register.QueueDeviceLow -> device = withLow(device, value);
            case Register.QueueDeviceHigh -> device = withHigh(device, value);
            default -> throw new AssertionError("register " + register);
        }
    }

    private static long withLow(long address, long value) {
        return (address & ~0xffffffffL) | value;
    }

    private static long withHigh(long address, long value) {
        return (address & 0xffffffffL) | value << 32;
    }
}
