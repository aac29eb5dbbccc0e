package dev.jsbx.vmm.acpi;

import dev.jsbx.vmm.bus.BusDevice;

/**
 * QEMU's pvpanic device ({@code docs/specs/pvpanic.rst} of QEMU): the guest's kernel writes here
 * when it panics, so that a panic is not mistaken for a reboot.
 */
public final class PanicPort implements BusDevice {
    /** The port, one byte wide. */
    public static final int PORT = 0x505;

    private static final int PVPANIC_PANICKED = 1;

    private final Runnable panicked;

    /**
     * @param panicked called when the guest's kernel panics, on a vCPU's thread
     */
    public PanicPort(Runnable panicked) {
        this.panicked = panicked;
    }

    @Override
    public long read(long offset, int size) {
        return PVPANIC_PANICKED; // the events that this device understands
    }

    @Override
    public void write(long offset, int size, long value) {
        if ((value & PVPANIC_PANICKED) != 0) {
            panicked.run();
        }
    }
}
