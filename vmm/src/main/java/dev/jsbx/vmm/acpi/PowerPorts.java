package dev.jsbx.vmm.acpi;

import dev.jsbx.vmm.bus.BusDevice;

/**
 * Soft-off and reset of hardware-reduced ACPI: the sleep control and status registers (ACPI 6.4
 * §4.8.3.7) and the reset register (§4.8.3.6), each one byte wide.
 */
public final class PowerPorts implements BusDevice {
    /** The first port. */
    public static final int PORTS = 0x600;

    /** How many ports. */
    public static final int LENGTH = 3;

    static final int SLEEP_CONTROL = PORTS;
    static final int SLEEP_STATUS = PORTS + 1;
    static final int RESET = PORTS + 2;
    static final int RESET_VALUE = 1;

    /** SLP_TYPx of the state S5; any number that the DSDT says too. */
    static final int SLEEP_TYPE_S5 = 5;

    private static final int SLP_EN = 1 << 5;
    private static final int SLP_TYP_SHIFT = 2;
    private static final int SLP_TYP_MASK = 7;

    private final Runnable powerOff;
    private final Runnable reset;

    /**
     * @param powerOff called when the guest switches itself off, on a vCPU's thread
     * @param reset called when the guest resets itself, on a vCPU's thread
     */
    public PowerPorts(Runnable powerOff, Runnable reset) {
        this.powerOff = powerOff;
        this.reset = reset;
    }

    @Override
    public long read(long offset, int size) {
        return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
        if (offset == SLEEP_CONTROL - PORTS) {
            boolean enter = (value & SLP_EN) != 0;
            if (enter && (value >>> SLP_TYP_SHIFT & SLP_TYP_MASK) == SLEEP_TYPE_S5) {
                powerOff.run();
            }
        } else if (offset == RESET - PORTS && (value & 0xff) == RESET_VALUE) {
            reset.run();
        }
    }
}
