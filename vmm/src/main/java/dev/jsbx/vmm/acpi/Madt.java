package dev.jsbx.vmm.acpi;

import dev.jsbx.vmm.boot.Layout;
import java.nio.ByteBuffer;

/**
 * Multiple APIC description table (ACPI 6.4 §5.2.12): the CPUs, one IOAPIC whose pins are the
 * global system interrupts from 0, and NMI on every CPU's LINT1. KVM wires ISA interrupts to the
 * pins of the same number, so there is nothing to override.
 */
final class Madt {
    private static final int REVISION = 5;

    private static final byte TYPE_LOCAL_APIC = 0;
    private static final byte TYPE_IO_APIC = 1;
    private static final byte TYPE_LOCAL_APIC_NMI = 4;
    private static final int LOCAL_APIC_SIZE = 8;
    private static final int IO_APIC_SIZE = 12;
    private static final int LOCAL_APIC_NMI_SIZE = 6;

    private static final int ENABLED = 1;
    private static final byte ALL_CPUS = (byte) 0xff;
    private static final byte LINT1 = 1;

    private Madt() {}

    static byte[] of(int cpus) {
        int size =
                Table.HEADER_SIZE + 8 + cpus * LOCAL_APIC_SIZE + IO_APIC_SIZE + LOCAL_APIC_NMI_SIZE;
        ByteBuffer table = Table.of("APIC", REVISION, size);
        table.putInt((int) Layout.LAPIC).putInt(0);
        for (int id = 0; id < cpus; id++) {
            table.put(TYPE_LOCAL_APIC).put((byte) LOCAL_APIC_SIZE);
            table.put((byte) id).put((byte) id).putInt(ENABLED);
        }
        table.put(TYPE_IO_APIC).put((byte) IO_APIC_SIZE);
        table.put((byte) 0).put((byte) 0).putInt((int) Layout.IOAPIC).putInt(0);
        table.put(TYPE_LOCAL_APIC_NMI).put((byte) LOCAL_APIC_NMI_SIZE);
        table.put(ALL_CPUS).putShort((short) 0).put(LINT1);
        return Table.seal(table);
    }
}
