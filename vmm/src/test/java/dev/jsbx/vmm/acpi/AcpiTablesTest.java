package dev.jsbx.vmm.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.vmm.boot.Layout;
import dev.jsbx.vmm.memory.GuestMemory;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcpiTablesTest {
    private static final Path IASL = Path.of("/usr/bin/iasl");

    @TempDir Path dir;
    private final GuestMemory memory = GuestMemory.allocate(2 << 20, false);

    @AfterEach
    void close() {
        memory.close();
    }

    private static Hardware hardware(int cpus, boolean serial, int devices) {
        List<Hardware.MmioDevice> list = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            list.add(new Hardware.MmioDevice(0xc0000000L + i * 0x1000L, 0x1000, 5 + i));
        }
        return new Hardware(cpus, serial, 22, 23, list);
    }

    private ByteBuffer at(long gpa, int length) {
        return ByteBuffer.wrap(memory.slice(gpa, length).toArray(ValueLayout.JAVA_BYTE))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer table(long gpa) {
        ByteBuffer table = at(gpa, at(gpa, 8).getInt(4));
        assertThat(sum(table)).as("checksum").isZero();
        return table;
    }

    private static int sum(ByteBuffer bytes) {
        byte sum = 0;
        for (byte b : bytes.array()) {
            sum += b;
        }
        return sum;
    }

    private static String signature(ByteBuffer table) {
        return new String(table.array(), 0, 4, StandardCharsets.US_ASCII);
    }

    @Test
    void theRsdpLeadsToEveryTable() {
        AcpiTables.write(memory, hardware(4, true, 3));
        ByteBuffer rsdp = at(Layout.ACPI, 36);
        assertThat(new String(rsdp.array(), 0, 8, StandardCharsets.US_ASCII)).isEqualTo("RSD PTR ");
        assertThat(sum(rsdp)).as("extended checksum").isZero();
        assertThat(sum(at(Layout.ACPI, 20))).as("checksum").isZero();

        ByteBuffer xsdt = table(rsdp.getLong(24));
        assertThat(signature(xsdt)).isEqualTo("XSDT");
        ByteBuffer fadt = table(xsdt.getLong(36));
        assertThat(signature(fadt)).isEqualTo("FACP");
        assertThat(fadt.getInt(112) & 1 << 20).as("HW_REDUCED_ACPI").isNotZero();
        assertThat(fadt.getInt(40)).isEqualTo((int) fadt.getLong(140));
        assertThat(signature(table(fadt.getLong(140)))).isEqualTo("DSDT");

        ByteBuffer madt = table(xsdt.getLong(44));
        assertThat(signature(madt)).isEqualTo("APIC");
        assertThat(madt.getInt(36)).isEqualTo((int) Layout.LAPIC);
        for (int cpu = 0; cpu < 4; cpu++) {
            int entry = 44 + cpu * 8;
            assertThat(madt.getShort(entry)).as("a local APIC").isEqualTo((short) 0x0800);
            assertThat(madt.get(entry + 3)).isEqualTo((byte) cpu);
            assertThat(madt.getInt(entry + 4)).as("enabled").isOne();
        }
    }

    @Test
    void theMostDevicesFit() throws IOException {
        AcpiTables.write(memory, hardware(8, true, 17));
        assertThat(at(Layout.ACPI_END - 16, 16).getLong()).as("room that is left").isZero();
    }

    @Test
    void intelsCompilerReadsEveryTableAndFindsNoFault() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(IASL), "no iasl (package acpica-tools)");
        AcpiTables.write(memory, hardware(2, true, 2));
        ByteBuffer xsdt = table(at(Layout.ACPI, 36).getLong(24));
        ByteBuffer fadt = table(xsdt.getLong(36));
        for (ByteBuffer table :
                List.of(xsdt, fadt, table(xsdt.getLong(44)), table(fadt.getLong(140)))) {
            String name = signature(table);
            Files.write(dir.resolve(name + ".aml"), table.array());
            String out = iasl("-d", name + ".aml");
            assertThat(out)
                    .containsPattern("(ASL Output|Formatted output)")
                    .doesNotContain("Invalid")
                    .doesNotContainIgnoringCase("error");
        }
        // What was taken apart is put together again, with all warnings on.
        String again = iasl("-we", "-vr", "-p", "again", "DSDT.dsl");
        assertThat(again).contains("0 Errors, 0 Warnings");
        assertThat(Files.readString(dir.resolve("DSDT.dsl")))
                .contains("Device (COM1)")
                .contains("EisaId (\"PNP0501\")")
                .contains("\"LNRO0005\"")
                .contains("0xC0001000,         // Address Base")
                .contains("Notify (\\_SB.PWRB, 0x80)")
                .contains("Name (_S5")
                .contains("Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive");
    }

    private String iasl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(IASL.toString()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }

    @Test
    void aMachineWithoutSerialPortDescribesNone() {
        AcpiTables.write(memory, hardware(1, false, 0));
        ByteBuffer xsdt = table(at(Layout.ACPI, 36).getLong(24));
        ByteBuffer dsdt = table(table(xsdt.getLong(36)).getLong(140));
        assertThat(new String(dsdt.array(), StandardCharsets.ISO_8859_1)).doesNotContain("COM1");
    }
}
