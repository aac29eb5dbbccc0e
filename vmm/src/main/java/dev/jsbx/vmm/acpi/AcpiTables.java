package dev.jsbx.vmm.acpi;

import dev.jsbx.vmm.boot.Layout;
import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** All tables of a machine, one behind the other in guest memory, the RSDP first. */
public final class AcpiTables {
    // Root system description pointer (ACPI 6.4 §5.2.5.3).
    private static final int RSDP_SIZE = 36;
    private static final int RSDP_V1_SIZE = 20;
    private static final int RSDP_OFFSET_CHECKSUM = 8;
    private static final int RSDP_OFFSET_OEM_ID = 9;
    private static final int RSDP_OFFSET_REVISION = 15;
    private static final int RSDP_OFFSET_LENGTH = 20;
    private static final int RSDP_OFFSET_XSDT = 24;
    private static final int RSDP_OFFSET_EXTENDED_CHECKSUM = 32;

    private static final int XSDT_REVISION = 1;
    private static final int ALIGNMENT = 16;

    private final GuestMemory memory;
    private long next;

    private AcpiTables(GuestMemory memory, long next) {
        this.memory = memory;
        this.next = next;
    }

    /** Writes the tables, with the RSDP at {@link Layout#ACPI}. */
    public static void write(GuestMemory memory, Hardware hardware) {
        AcpiTables tables = new AcpiTables(memory, align(Layout.ACPI + RSDP_SIZE));
        long dsdt = tables.add(Dsdt.of(hardware));
        long fadt = tables.add(Fadt.of(dsdt));
        long madt = tables.add(Madt.of(hardware.cpus()));
        ByteBuffer xsdt = Table.of("XSDT", XSDT_REVISION, Table.HEADER_SIZE + 2 * Long.BYTES);
        long root = tables.add(Table.seal(xsdt.putLong(fadt).putLong(madt)));
        tables.put(Layout.ACPI, rsdp(root));
    }

    private static byte[] rsdp(long xsdt) {
        ByteBuffer rsdp = ByteBuffer.allocate(RSDP_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        rsdp.put(0, Table.ascii("RSD PTR "));
        rsdp.put(RSDP_OFFSET_OEM_ID, Table.OEM_ID);
        rsdp.put(RSDP_OFFSET_REVISION, (byte) 2);
        rsdp.putInt(RSDP_OFFSET_LENGTH, RSDP_SIZE);
        rsdp.putLong(RSDP_OFFSET_XSDT, xsdt);
        byte[] bytes = rsdp.array();
        bytes[RSDP_OFFSET_CHECKSUM] = Table.checksum(bytes, RSDP_V1_SIZE);
        bytes[RSDP_OFFSET_EXTENDED_CHECKSUM] = Table.checksum(bytes, RSDP_SIZE);
        return bytes;
    }

    private long add(byte[] table) {
        long gpa = next;
        next = align(gpa + table.length);
        if (next > Layout.ACPI_END) {
            throw new IllegalStateException("ACPI tables of " + (next - Layout.ACPI) + " bytes");
        }
        put(gpa, table);
        return gpa;
    }

    private void put(long gpa, byte[] bytes) {
        MemorySegment to = memory.slice(gpa, bytes.length);
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    private static long align(long gpa) {
        return gpa + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
