package dev.jsbx.vmm.machine;

import dev.jsbx.vmm.bus.BusDevice;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A port by which the guest says how far its start has come: it writes a byte, and the time of the
 * first write of each value is kept. A guest on other machines writes into nothing.
 */
public final class BootTimer implements BusDevice {
    /** The port, one byte wide. */
    public static final int PORT = 0x7b0;

    /** Firecracker's number for "init runs", and ours. */
    public static final int INIT = 123;

    private static final int VALUES = 256;

    private final AtomicLongArray first = new AtomicLongArray(VALUES);

    @Override
    public long read(long offset, int size) {
        return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
        first.compareAndSet((int) value & VALUES - 1, 0, System.nanoTime());
    }

    /**
     * When the guest first wrote a value.
     *
     * @param value 0 to 255
     * @return {@link System#nanoTime} then; 0 if it has not
     */
    public long at(int value) {
        return first.get(value);
    }
}
