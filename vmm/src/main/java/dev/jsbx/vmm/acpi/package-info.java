/**
 * The guest's description of its hardware: ACPI 6.4 tables, hardware-reduced (§4.1), which means no
 * PIC, no PM timer, no fixed buttons, and so nothing that would have to be emulated.
 *
 * <pre>
 *   zero page ──▶ RSDP ──▶ XSDT ──┬──▶ FADT ──▶ DSDT      reset and sleep ports; devices as AML
 *                                 └──▶ MADT               CPUs, IOAPIC
 * </pre>
 *
 * <p>The DSDT holds, if present: COM1, one {@code LNRO0005} per virtio-mmio device, the power
 * button and the VM generation id with a Generic Event Device (§5.6.9) that signals them, and
 * QEMU's panic notifier. {@link dev.jsbx.vmm.acpi.PowerPorts} is the other side of the ports that
 * the FADT names.
 *
 * <p>Tables are byte arrays made once before the guest runs; nothing here is changed later.
 */
package dev.jsbx.vmm.acpi;
