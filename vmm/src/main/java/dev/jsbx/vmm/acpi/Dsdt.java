package dev.jsbx.vmm.acpi;

import dev.jsbx.vmm.boot.Layout;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Differentiated system description table: the devices, as AML (ACPI 6.4 §5.2.11.1). */
final class Dsdt {
    /** From 2 on integers have 64 bits. */
    private static final int REVISION = 2;

    private static final int COM1_PORTS = 0x3f8;
    private static final int COM1_PORTS_LENGTH = 8;
    private static final int COM1_GSI = 4;

    /** Notifications (§5.6.6): the button was pressed; the device's state changed. */
    private static final int NOTIFY_STATUS = 0x80;

    private Dsdt() {}

    static byte[] of(Hardware hardware) {
        ByteArrayOutputStream devices = new ByteArrayOutputStream();
        if (hardware.serial()) {
            devices.writeBytes(serial());
        }
        int uid = 0;
        for (Hardware.MmioDevice device : hardware.devices()) {
            devices.writeBytes(virtio(device, uid++));
        }
        devices.writeBytes(powerButton());
        devices.writeBytes(generationId());
        devices.writeBytes(events(hardware));
        devices.writeBytes(panic());
        byte[] aml = Aml.concat(Aml.scope("\\_SB", devices.toByteArray()), softOff());
        ByteBuffer table = Table.of("DSDT", REVISION, Table.HEADER_SIZE + aml.length);
        return Table.seal(table.put(aml));
    }

    private static byte[] serial() {
        return Aml.device(
                "COM1",
                Aml.named("_HID", Aml.eisaId("PNP0501")),
                Aml.named("_UID", Aml.integer(0)),
                Resources.current(
                        Resources.ports(COM1_PORTS, COM1_PORTS_LENGTH),
                        Resources.interrupt(COM1_GSI)));
    }

    private static byte[] virtio(Hardware.MmioDevice device, int uid) {
        return Aml.device(
                "VR" + (char) ('A' + uid / 10) + uid % 10,
                Aml.named("_HID", Aml.string("LNRO0005")),
                Aml.named("_UID", Aml.integer(uid)),
                Resources.current(
                        Resources.memory(device.gpa(), device.size()),
                        Resources.interrupt(device.gsi())));
    }

    private static byte[] powerButton() {
        return Aml.device("PWRB", Aml.named("_HID", Aml.eisaId("PNP0C0C")));
    }

    /** Microsoft's "Virtual Machine Generation ID": ADDR is where the 16 bytes are. */
    private static byte[] generationId() {
        return Aml.device(
                "VGEN",
                Aml.named("_HID", Aml.string("JSBX0001")),
                Aml.named("_CID", Aml.string("VM_Gen_Counter")),
                Aml.named("_DDN", Aml.string("VM_Gen_Counter")),
                Aml.named(
                        "ADDR",
                        Aml.aPackage(
                                Aml.integer(Layout.VM_GENERATION_ID & 0xffffffffL),
                                Aml.integer(Layout.VM_GENERATION_ID >>> 32))));
    }

    /** A Generic Event Device: its interrupts become notifications of the other two. */
    private static byte[] events(Hardware hardware) {
        return Aml.device(
                "GED_",
                Aml.named("_HID", Aml.string("ACPI0013")),
                Resources.current(
                        Resources.interrupt(hardware.powerButtonGsi()),
                        Resources.interrupt(hardware.generationIdGsi())),
                Aml.method(
                        "_EVT",
                        1,
                        onInterrupt(hardware.powerButtonGsi(), "\\_SB.PWRB"),
                        onInterrupt(hardware.generationIdGsi(), "\\_SB.VGEN")));
    }

    private static byte[] onInterrupt(int gsi, String device) {
        return Aml.onlyIf(
                Aml.equal(Aml.arg0(), Aml.integer(gsi)), Aml.notify(device, NOTIFY_STATUS));
    }

    /** QEMU's pvpanic, for which Linux has a driver. */
    private static byte[] panic() {
        return Aml.device(
                "PEVT",
                Aml.named("_HID", Aml.string("QEMU0001")),
                Aml.named("_UID", Aml.integer(0)),
                Resources.current(Resources.ports(PanicPort.PORT, 1)));
    }

    /** What to write to the sleep control register for the state "soft off". */
    private static byte[] softOff() {
        byte[] type = Aml.integer(PowerPorts.SLEEP_TYPE_S5);
        return Aml.named("_S5", Aml.aPackage(type, Aml.integer(0), Aml.integer(0), Aml.integer(0)));
    }
}
