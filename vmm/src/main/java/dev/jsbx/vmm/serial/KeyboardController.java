package dev.jsbx.vmm.serial;

import dev.jsbx.vmm.bus.BusDevice;

/**
 * What is left of the i8042 keyboard controller: the line by which it resets the CPU ({@code
 * reboot=k}). No keyboard, and nothing ever to read.
 */
public final class KeyboardController implements BusDevice {
    /** The first port, data. */
    public static final int PORTS = 0x60;

    /** Ports 0x60 to 0x64; those between are not its own, but nobody else's here either. */
    public static final int LENGTH = 5;

    /** The command and status port. */
    private static final int COMMAND = 4;

    /** Pulse output lines; bit 0 clear is the reset line. */
    private static final int PULSE_RESET = 0xfe;

    private final Runnable reset;

    /**
     * @param reset called when the guest resets itself, on a vCPU's thread
     */
    public KeyboardController(Runnable reset) {
        this.reset = reset;
    }

    @Override
    public long read(long offset, int size) {
        return 0; // both buffers are empty
    }

    @Override
    public void write(long offset, int size, long value) {
        if (offset == COMMAND && (value & 0xff) == PULSE_RESET) {
            reset.run();
        }
    }
}
