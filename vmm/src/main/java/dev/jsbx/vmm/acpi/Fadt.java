package dev.jsbx.vmm.acpi;

import java.nio.ByteBuffer;

/** Fixed ACPI description table, hardware-reduced (ACPI 6.4 §5.2.9). */
final class Fadt {
    private static final int REVISION = 6;
    private static final int MINOR = 4;
    private static final int SIZE = 276;

    private static final int OFFSET_DSDT = 40;
    private static final int OFFSET_IAPC_BOOT_ARCH = 109;
    private static final int OFFSET_FLAGS = 112;
    private static final int OFFSET_RESET_REG = 116;
    private static final int OFFSET_RESET_VALUE = 128;
    private static final int OFFSET_MINOR = 131;
    private static final int OFFSET_X_DSDT = 140;
    private static final int OFFSET_SLEEP_CONTROL_REG = 244;
    private static final int OFFSET_SLEEP_STATUS_REG = 256;

    private static final short VGA_NOT_PRESENT = 1 << 2;
    private static final short CMOS_RTC_NOT_PRESENT = 1 << 5;

    private static final int WBINVD = 1;
    private static final int PWR_BUTTON = 1 << 4; // not a fixed one, but a device
    private static final int SLP_BUTTON = 1 << 5; // likewise, and there is none
    private static final int RESET_REG_SUP = 1 << 10;
    private static final int HW_REDUCED_ACPI = 1 << 20;

    private static final byte SYSTEM_IO = 1;
    private static final byte BYTE_ACCESS = 1;

    private Fadt() {}

    static byte[] of(long dsdt) {
        ByteBuffer table = Table.of("FACP", REVISION, SIZE);
        table.putInt(OFFSET_DSDT, (int) dsdt);
        // No i8042 and no legacy devices to look for, which saves Linux long probes.
        table.putShort(OFFSET_IAPC_BOOT_ARCH, (short) (VGA_NOT_PRESENT | CMOS_RTC_NOT_PRESENT));
        table.putInt(
                OFFSET_FLAGS, WBINVD | PWR_BUTTON | SLP_BUTTON | RESET_REG_SUP | HW_REDUCED_ACPI);
        port(table, OFFSET_RESET_REG, PowerPorts.RESET);
        table.put(OFFSET_RESET_VALUE, (byte) PowerPorts.RESET_VALUE);
        table.put(OFFSET_MINOR, (byte) MINOR);
        table.putLong(OFFSET_X_DSDT, dsdt);
        port(table, OFFSET_SLEEP_CONTROL_REG, PowerPorts.SLEEP_CONTROL);
        port(table, OFFSET_SLEEP_STATUS_REG, PowerPorts.SLEEP_STATUS);
        return Table.seal(table);
    }

    /** A generic address structure (§5.2.3.2) of an 8-bit port. */
    private static void port(ByteBuffer table, int at, int port) {
        table.put(at, SYSTEM_IO);
        table.put(at + 1, (byte) Byte.SIZE);
        table.put(at + 3, BYTE_ACCESS);
        table.putLong(at + 4, port);
    }
}
